namespace Autodiff;

/// <summary>Checks that a program is well formed: every variable is defined once and before use, and every equation has the types that its primitive infers.</summary>
static class JaxprChecker
{
    /// <exception cref="InvalidOperationException">It is not; the message holds the equation and the program.</exception>
    internal static void Check(Jaxpr jaxpr)
    {
        var defined = new HashSet<Var>();
        void Define(Var v)
        {
            if (!defined.Add(v))
                throw Malformed($"a variable of type {v.Aval} is defined twice", jaxpr);
        }
        void Read(Atom a)
        {
            if (a is Var v && !defined.Contains(v))
                throw Malformed($"a variable of type {v.Aval} is read before it is defined", jaxpr);
        }

        Array.ForEach(jaxpr.Inputs, Define);
        foreach (var e in jaxpr.Equations)
        {
            Array.ForEach(e.Inputs, Read);
            var inferred = e.Primitive.InferTypes(Array.ConvertAll(e.Inputs, a => a.Aval));
            var stated = Array.ConvertAll(e.Outputs, v => v.Aval);
            if (inferred.Length != stated.Length || !inferred.Zip(stated).All(p => p.First.Matches(p.Second)))
                throw Malformed(
                    $"'{e.Primitive.Name}' gives {string.Join(" ", (object[])inferred)} but its equation says {string.Join(" ", (object[])stated)}",
                    jaxpr
                );
            Array.ForEach(e.Outputs, Define);
            if (e.Primitive is ICarriesPrograms carrier)
                foreach (var inner in carrier.Programs)
                    Check(inner);
        }
        Array.ForEach(jaxpr.Outputs, Read);
    }

    static InvalidOperationException Malformed(string what, Jaxpr jaxpr) => new($"Malformed program: {what}.\n{jaxpr}");
}
