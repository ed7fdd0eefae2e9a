namespace Autodiff;

/// <summary>
/// A directed graph whose edges have capacities. Its minimal cut is found through the maximal flow (Ford and Fulkerson 1956), and that by Dinic's
/// algorithm (1970).
/// </summary>
sealed class FlowNetwork(int nodes, int source, int sink)
{
    /// <summary>More than any cut that is worth making.</summary>
    internal const long Unlimited = long.MaxValue / 4;

    // Edge e ends at ends[e]; e ^ 1 is the same edge backwards.
    readonly List<int> ends = [];
    readonly List<long> capacities = [];
    readonly List<int>[] edges = [.. Enumerable.Range(0, nodes).Select(_ => new List<int>())];

    internal void Add(int from, int to, long capacity)
    {
        edges[from].Add(ends.Count);
        ends.Add(to);
        capacities.Add(capacity);
        edges[to].Add(ends.Count);
        ends.Add(from);
        capacities.Add(0);
    }

    /// <summary>The nodes on the sink's side of the minimal cut; of the cut that is nearest to it, if there are several.</summary>
    internal bool[] SinkSide()
    {
        while (Distances() is { } distance)
            Saturate(distance);
        var side = new bool[nodes];
        side[sink] = true;
        var next = new Queue<int>([sink]);
        while (next.TryDequeue(out var node))
            foreach (var e in edges[node])
                if (capacities[e ^ 1] > 0 && !side[ends[e]])
                {
                    side[ends[e]] = true;
                    next.Enqueue(ends[e]);
                }
        return side;
    }

    /// <summary>How far from the source each node is on edges that are not full; null if the sink is out of reach.</summary>
    int[]? Distances()
    {
        var distance = new int[nodes];
        Array.Fill(distance, -1);
        distance[source] = 0;
        var next = new Queue<int>([source]);
        while (next.TryDequeue(out var node))
            foreach (var e in edges[node])
                if (capacities[e] > 0 && distance[ends[e]] < 0)
                {
                    distance[ends[e]] = distance[node] + 1;
                    next.Enqueue(ends[e]);
                }
        return distance[sink] < 0 ? null : distance;
    }

    /// <summary>Fills the shortest paths, until each has an edge that is full.</summary>
    void Saturate(int[] distance)
    {
        var tried = new int[nodes];
        var path = new Stack<int>();
        var node = source;
        while (true)
            if (node == sink)
            {
                var flow = path.Min(e => capacities[e]);
                foreach (var e in path)
                {
                    capacities[e] -= flow;
                    capacities[e ^ 1] += flow;
                }
                path.Clear();
                node = source;
            }
            else if (tried[node] < edges[node].Count)
            {
                var e = edges[node][tried[node]];
                if (capacities[e] > 0 && distance[ends[e]] == distance[node] + 1)
                {
                    path.Push(e);
                    node = ends[e];
                }
                else
                    tried[node]++;
            }
            else if (path.TryPop(out var e))
            {
                node = ends[e ^ 1];
                tried[node]++;
            }
            else
                return;
    }
}
