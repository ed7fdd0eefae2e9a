using System.Collections.Immutable;
using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

[PyTree]
public sealed partial record Layer(NDArray W, NDArray? B, [property: Static] string Name = "dense");

[PyTree]
public sealed partial record Network(List<Layer> Layers, (NDArray Scale, Dictionary<string, NDArray> Extras) Rest);

[PyTree]
public readonly partial record struct Vector2(NDArray X, NDArray Y);

[PyTree]
partial struct Bounds
{
    public NDArray Low;
    public NDArray High { get; init; }
}

[PyTree]
sealed partial class State<T>(T value, [Static] int step)
{
    public T Value { get; } = value;
    public int Step { get; } = step;
}

/// <summary>What a tree is, and what may be done with one.</summary>
public class TreeTests
{
    static NDArray At(int i) => (double)i;

    static void RoundTrips<T>(T tree, int leaves, params string[] paths)
    {
        var (flat, structure) = Tree.Flatten(tree);
        Assert.Equal(leaves, flat.Length);
        Assert.Equal(leaves, structure.LeafCount);
        var again = Tree.Flatten(Tree.Unflatten<T>(structure, flat));
        Assert.Equal(flat, again.Leaves);
        Assert.Equal(structure, again.Structure);
        Assert.Equal(structure.GetHashCode(), again.Structure.GetHashCode());
        Assert.Equal(paths, Tree.LeavesWithPath(tree).Select(p => p.Path));
    }

    [Fact]
    public void Every_kind_of_tree_comes_apart_and_together()
    {
        RoundTrips(At(1), 1, "");
        RoundTrips(default(ValueTuple), 0);
        RoundTrips(ValueTuple.Create(At(1)), 1, ".Item1");
        RoundTrips((At(1), At(2)), 2, ".Item1", ".Item2");
        RoundTrips((At(1), (At(2), At(3)), At(4)), 4, ".Item1", ".Item2.Item1", ".Item2.Item2", ".Item3");
        RoundTrips((At(1), At(2), At(3), At(4), At(5), At(6), At(7)), 7, [.. Enumerable.Range(1, 7).Select(i => $".Item{i}")]);
        RoundTrips(new[] { At(1), At(2) }, 2, "[0]", "[1]");
        RoundTrips(new List<NDArray> { At(1) }, 1, "[0]");
        RoundTrips<IReadOnlyList<NDArray>>([At(1), At(2)], 2, "[0]", "[1]");
        RoundTrips(ImmutableArray.Create(At(1), At(2)), 2, "[0]", "[1]");
        RoundTrips(new Dictionary<string, NDArray> { ["b"] = At(2), ["a"] = At(1) }, 2, "[\"a\"]", "[\"b\"]");
        RoundTrips<IReadOnlyDictionary<string, NDArray>>(new Dictionary<string, NDArray> { ["a"] = At(1) }, 1, "[\"a\"]");
        RoundTrips(new SortedDictionary<string, NDArray> { ["b"] = At(2), ["a"] = At(1) }, 2, "[\"a\"]", "[\"b\"]");
        RoundTrips(new Vector2(At(1), At(2)), 2, ".X", ".Y");
        RoundTrips(new Bounds { Low = At(1), High = At(2) }, 2, ".Low", ".High");
        RoundTrips(new State<Vector2>(new(At(1), At(2)), 3), 2, ".Value.X", ".Value.Y");
        RoundTrips(new RandomKey(1), 1, "");
    }

    [Fact]
    public void Tuples_of_eight_and_more() =>
        RoundTrips(
            (At(1), At(2), At(3), At(4), At(5), At(6), At(7), At(8), At(9)),
            9,
            [.. Enumerable.Range(1, 7).Select(i => $".Item{i}"), ".Rest.Item1", ".Rest.Item2"]
        );

    [Fact]
    public void Trees_nest()
    {
        var net = new Network([new(At(1), At(2)), new(At(3), null, "last")], (At(4), new() { ["gain"] = At(5) }));
        RoundTrips(net, 5, ".Layers[0].W", ".Layers[0].B", ".Layers[1].W", ".Rest.Item1", ".Rest.Item2[\"gain\"]");
        var again = Tree.Map(x => x * 10, net);
        Agreement.Holds([50], again.Rest.Extras["gain"]);
        Assert.Equal("last", again.Layers[1].Name);
    }

    [Fact]
    public void A_null_leaf_is_part_of_the_structure()
    {
        var layer = new Layer(At(1), null);
        Assert.Null(Tree.Map(x => x * 2, layer).B);
        Assert.NotEqual(Tree.Structure(layer), Tree.Structure(layer with { B = At(0) }));
        Assert.Null(Grad((Layer l) => Sum(l.W * l.W))(layer).B);
        Assert.Null(Jit((Layer l) => l with { W = l.W * 2 })(layer).B);
        Assert.Null(ForiLoop(0, 3, (_, l) => l with { W = l.W * 2 }, layer).B);
    }

    [Fact]
    public void A_static_member_is_part_of_the_structure()
    {
        Assert.Equal(Tree.Structure(new State<NDArray>(At(1), 3)), Tree.Structure(new State<NDArray>(At(2), 3)));
        Assert.NotEqual(Tree.Structure(new State<NDArray>(At(1), 3)), Tree.Structure(new State<NDArray>(At(1), 4)));
        Assert.NotEqual(Tree.Structure(new Layer(At(1), null, "a")), Tree.Structure(new Layer(At(1), null, "b")));
    }

    [Fact]
    public void Dictionaries_agree_whatever_the_order_of_filling()
    {
        Dictionary<string, NDArray> ab = new() { ["a"] = At(1), ["b"] = At(2) },
            ba = new() { ["b"] = At(20), ["a"] = At(10) },
            ac = new() { ["a"] = At(1), ["c"] = At(2) };
        Assert.Equal(Tree.Structure(ab), Tree.Structure(ba));
        Assert.NotEqual(Tree.Structure(ab), Tree.Structure(ac));
        Agreement.Holds([22], Tree.Map((x, y) => x + y, ab, ba)["b"]);
    }

    [Fact]
    public void Map_takes_up_to_three_trees()
    {
        var tree = (At(1), At(2));
        Agreement.Holds([4], Tree.Map((x, y) => x + y, tree, tree).Item2);
        Agreement.Holds([6], Tree.Map((x, y, z) => x + y + z, tree, tree, tree).Item2);
        Assert.Throws<TreeMismatchException>(() => Tree.Map((x, y) => x + y, new[] { At(1) }, [At(1), At(2)]));
    }

    [Fact]
    public void MapWithPath_and_Reduce()
    {
        var named = Tree.MapWithPath((path, x) => path == ".Item1" ? x : x * 100, (At(1), At(2)));
        Agreement.Holds([1], named.Item1);
        Agreement.Holds([200], named.Item2);
        Agreement.Holds([3], Tree.Reduce((NDArray sum, NDArray x) => sum + x, (At(1), At(2)), 0.0));
    }

    [Fact]
    public void Structs_records_and_generics_go_through_transforms()
    {
        var grad = Grad((State<Vector2> s) => s.Value.X * s.Value.Y * s.Step)(new(new(At(2), At(3)), 5));
        Agreement.Holds([15], grad.Value.X);
        Agreement.Holds([10], grad.Value.Y);
        Assert.Equal(5, grad.Step);
        var bounds = WhileLoop(
            b => b.High - b.Low > 1e-12,
            b =>
            {
                var middle = (b.Low + b.High) / 2;
                var left = middle * middle > 2;
                return new Bounds { Low = Where(left, b.Low, middle), High = Where(left, middle, b.High) };
            },
            new Bounds { Low = At(0), High = At(2) }
        );
        Agreement.Holds([Math.Sqrt(2)], bounds.Low);
    }
}
