namespace Autodiff;

/// <summary>Equality of programs up to the names of variables: two loops traced twice are one to the caches.</summary>
static class JaxprEquality
{
    internal static bool Equal(Jaxpr a, Jaxpr b)
    {
        if (
            a.GetHashCode() != b.GetHashCode()
            || a.Equations.Length != b.Equations.Length
            || !a.InputTypes.AsSpan().SequenceEqual(b.InputTypes)
            || a.Outputs.Length != b.Outputs.Length
        )
            return false;
        var partner = new Dictionary<Var, Var>();
        for (var i = 0; i < a.Inputs.Length; i++)
            partner[a.Inputs[i]] = b.Inputs[i];
        for (var i = 0; i < a.Equations.Length; i++)
        {
            var (x, y) = (a.Equations[i], b.Equations[i]);
            if (!Same(x.Inputs, y.Inputs, partner) || x.Outputs.Length != y.Outputs.Length || !x.Primitive.Equals(y.Primitive))
                return false;
            for (var k = 0; k < x.Outputs.Length; k++)
                partner[x.Outputs[k]] = y.Outputs[k];
        }
        return Same(a.Outputs, b.Outputs, partner);
    }

    static bool Same(Atom[] a, Atom[] b, Dictionary<Var, Var> partner)
    {
        if (a.Length != b.Length)
            return false;
        for (var i = 0; i < a.Length; i++)
        {
            var same = (a[i], b[i]) switch
            {
                (Var x, Var y) => partner.TryGetValue(x, out var p) && p == y,
                (Literal x, Literal y) => x.Aval.Equals(y.Aval) && x.Value.Buffer.Bytes.SequenceEqual(y.Value.Buffer.Bytes),
                _ => false,
            };
            if (!same)
                return false;
        }
        return true;
    }

    internal static int Hash(Jaxpr jaxpr)
    {
        var hash = new HashCode();
        var number = new Dictionary<Var, int>();
        foreach (var v in jaxpr.Inputs)
        {
            number[v] = number.Count;
            hash.Add(v.Aval);
        }
        void Add(Atom a)
        {
            if (a is Var v)
                hash.Add(number[v]);
            else
                hash.AddBytes(((Literal)a).Value.Buffer.Bytes);
        }
        foreach (var e in jaxpr.Equations)
        {
            hash.Add(e.Primitive);
            Array.ForEach(e.Inputs, Add);
            foreach (var v in e.Outputs)
                number[v] = number.Count;
        }
        Array.ForEach(jaxpr.Outputs, Add);
        return hash.ToHashCode();
    }
}
