using System.Runtime.CompilerServices;

namespace Autodiff;

public static partial class Transform
{
    /// <summary>
    /// A function with a forward-mode rule of its own: <paramref name="jvp"/> takes (x, dx) and gives (y, dy), dy linear in dx. Reverse mode transposes it.
    /// </summary>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray> CustomJvp(Func<NDArray, NDArray> f, Func<NDArray, NDArray, (NDArray Y, NDArray Dy)> jvp) =>
        CustomJvp<NDArray, NDArray>(f, jvp);

    /// <inheritdoc cref="CustomJvp(Func{NDArray, NDArray}, Func{NDArray, NDArray, ValueTuple{NDArray, NDArray}})"/>
    public static Func<T, Y> CustomJvp<T, Y>(Func<T, Y> f, Func<T, T, (Y Y, Y Dy)> jvp)
    {
        ArgumentNullException.ThrowIfNull(jvp);
        return new CustomFunction<T, Y, ValueTuple>(f, jvp, null, null).Call;
    }

    /// <summary>
    /// A function with a reverse-mode rule of its own: <paramref name="forward"/> gives the value and residuals, <paramref name="backward"/> takes the residuals and the
    /// cotangent of the value and gives that of the argument. Forward mode transposes <paramref name="backward"/>, or takes <paramref name="jvp"/> if it is given.
    /// </summary>
    /// <exception cref="CustomRuleException">A rule returned something else than it must (raised when it runs).</exception>
    [OverloadResolutionPriority(1)]
    public static Func<NDArray, NDArray> CustomVjp<R>(
        Func<NDArray, NDArray> f,
        Func<NDArray, (NDArray Y, R Residuals)> forward,
        Func<R, NDArray, NDArray> backward,
        Func<NDArray, NDArray, (NDArray Y, NDArray Dy)>? jvp = null
    ) => CustomVjp<NDArray, NDArray, R>(f, forward, backward, jvp);

    /// <inheritdoc cref="CustomVjp{R}(Func{NDArray, NDArray}, Func{NDArray, ValueTuple{NDArray, R}}, Func{R, NDArray, NDArray}, Func{NDArray, NDArray, ValueTuple{NDArray, NDArray}})"/>
    public static Func<T, Y> CustomVjp<T, Y, R>(
        Func<T, Y> f,
        Func<T, (Y Y, R Residuals)> forward,
        Func<R, Y, T> backward,
        Func<T, T, (Y Y, Y Dy)>? jvp = null
    )
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        return new CustomFunction<T, Y, R>(f, jvp, forward, backward).Call;
    }

    /// <summary>
    /// Compares the derivatives of a function at a point with central differences, in forward and reverse mode, and those of its derivative up to
    /// <paramref name="order"/>.
    /// </summary>
    /// <param name="f">The function.</param>
    /// <param name="order">How many times to differentiate.</param>
    /// <param name="at">The point; its floating-point leaves are varied.</param>
    /// <param name="tolerance">The relative error allowed; by default 1e-5 for Float64 and 2e-2 for Float32 at first order, ten times more an order.</param>
    /// <exception cref="GradCheckException">A derivative is wrong; the message names the input and both values.</exception>
    [OverloadResolutionPriority(1)]
    public static void CheckGrads(Func<NDArray, NDArray> f, int order, NDArray at, double? tolerance = null) =>
        GradientChecks.Check(f, order, at.NotNull(), tolerance);

    /// <inheritdoc cref="CheckGrads(Func{NDArray, NDArray}, int, NDArray, double?)"/>
    public static void CheckGrads<T, R>(Func<T, R> f, int order, T at, double? tolerance = null) =>
        GradientChecks.Check(f, order, at, tolerance);
}

/// <summary>A function on trees with custom rules.</summary>
sealed class CustomFunction<T, Y, R>(
    Func<T, Y> f,
    Func<T, T, (Y Y, Y Dy)>? jvp,
    Func<T, (Y Y, R Residuals)>? forward,
    Func<R, Y, T>? backward
)
{
    internal Y Call(T x)
    {
        ArgumentNullException.ThrowIfNull(f);
        var (leaves, structure) = Tree.Flatten(x);
        TreeStructure? output = null;
        var closed = StagingTrace.Stage(
            Array.ConvertAll(leaves, l => l.Aval),
            a =>
            {
                (var ys, output) = Tree.Flatten(f(Tree.Unflatten<T>(structure, a)));
                return ys;
            }
        );
        var rules = RulesFor(structure, output!, Array.ConvertAll(leaves, l => l.Aval), closed.Jaxpr.OutputTypes);
        var call = new CustomPrimitive(closed.Jaxpr, closed.Constants.Length, rules);
        return Tree.Unflatten<Y>(output!, call.BindAll([.. closed.Constants, .. leaves]));
    }

    CustomRules RulesFor(TreeStructure input, TreeStructure output, Aval[] inputTypes, Aval[] types)
    {
        TreeStructure? residualStructure = null;
        NDArray[] Checked(Y value, string what)
        {
            var (leaves, structure) = Tree.Flatten(value);
            if (!structure.Equals(output))
                throw new CustomRuleException($"{what} must have the structure of the function's value, {output}, but it has {structure}.");
            return leaves;
        }
        return new()
        {
            Jvp = jvp is null
                ? null
                : (xs, dxs) =>
                {
                    var (y, dy) = jvp(Tree.Unflatten<T>(input, xs), Tree.Unflatten<T>(input, dxs));
                    var ys = Checked(y, "The value that the jvp rule returns");
                    return (ys, Fitted(Checked(dy, "The tangent that the jvp rule returns"), ys, "tangent", "value"));
                },
            Forward = forward is null
                ? null
                : xs =>
                {
                    var (y, residuals) = forward(Tree.Unflatten<T>(input, xs));
                    (var kept, residualStructure) = Tree.Flatten(residuals);
                    var ys = Checked(y, "The value that the forward rule returns");
                    for (var i = 0; i < ys.Length; i++)
                        if (ys[i].Rank != types[i].Rank || ys[i].DType != types[i].DType)
                            throw new CustomRuleException(
                                $"The forward rule returns {ys[i].Aval} where the function returns {types[i]}. Make both return the same value."
                            );
                    return (ys, kept);
                },
            Backward = backward is null
                ? null
                : (residuals, cts) =>
                {
                    var (pulled, structure) = Tree.Flatten(
                        backward(Tree.Unflatten<R>(residualStructure!, residuals), Tree.Unflatten<Y>(output, cts))
                    );
                    if (!structure.Equals(input))
                        throw new CustomRuleException(
                            $"The backward rule must return a cotangent of the structure of the argument, {input}, but it returned {structure}."
                        );
                    for (var i = 0; i < pulled.Length; i++)
                        if (inputTypes[i].DType.IsFloat && pulled[i].Shape != inputTypes[i].Shape)
                            throw new CustomRuleException(
                                $"The backward rule returned {pulled[i].Aval} as the cotangent of an argument (leaf {i}) of type {inputTypes[i]}. They must have one shape."
                            );
                    return [.. pulled.Select((ct, i) => inputTypes[i].DType.IsFloat ? Ops.ConvertTo(ct, inputTypes[i].DType, false) : ct)];
                },
        };
    }

    static NDArray[] Fitted(NDArray[] given, NDArray[] values, string what, string owner)
    {
        for (var i = 0; i < given.Length; i++)
            if (given[i].Shape != values[i].Shape)
                throw new CustomRuleException(
                    $"The rule's {what} (leaf {i}) is {given[i].Aval}, but its {owner} is {values[i].Aval}. They must have one shape."
                );
        return [.. given.Select((d, i) => values[i].DType.IsFloat ? Ops.ConvertTo(d, values[i].DType, false) : d)];
    }
}
