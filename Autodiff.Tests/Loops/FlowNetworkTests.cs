namespace Autodiff.Tests;

/// <summary>Minimal cuts.</summary>
public class FlowNetworkTests
{
    [Fact]
    public void The_cut_goes_through_the_narrowest_edges()
    {
        // Two ways from 0 to 3, of which one is narrow at its start and one at its end.
        var network = new FlowNetwork(4, source: 0, sink: 3);
        network.Add(0, 1, 2);
        network.Add(1, 3, 5);
        network.Add(0, 2, 7);
        network.Add(2, 3, 1);
        Assert.Equal([false, true, false, true], network.SinkSide());
    }

    [Fact]
    public void Of_equal_cuts_the_nearest_to_the_sink_is_taken()
    {
        var network = new FlowNetwork(3, source: 0, sink: 2);
        network.Add(0, 1, 4);
        network.Add(1, 2, 4);
        Assert.Equal([false, false, true], network.SinkSide());
    }

    [Fact]
    public void A_cut_costs_no_more_than_any_other()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            const int Nodes = 7;
            var edges = (
                from a in Enumerable.Range(0, Nodes)
                from b in Enumerable.Range(0, Nodes)
                where a != b && random.Next(3) > 0
                select (From: a, To: b, Capacity: (long)random.Next(10))
            ).ToArray();
            var network = new FlowNetwork(Nodes, source: 0, sink: Nodes - 1);
            foreach (var (from, to, capacity) in edges)
                network.Add(from, to, capacity);
            long Cost(Func<int, bool> onSinkSide) => edges.Where(e => !onSinkSide(e.From) && onSinkSide(e.To)).Sum(e => e.Capacity);
            var side = network.SinkSide();
            var least = Enumerable.Range(0, 1 << (Nodes - 2)).Min(set => Cost(n => n == Nodes - 1 || n > 0 && (set >> (n - 1) & 1) == 1));
            Assert.False(side[0]);
            Assert.Equal(least, Cost(n => side[n]));
        }
    }
}
