using System.Collections.Concurrent;

namespace Autodiff;

/// <summary>
/// The executables of eager operations, by device, primitive and operand types. Bounded by two generations: when the young one is full it
/// becomes the old one, and what is used again moves back. See <see cref="CompileCache.EagerOperations"/>.
/// </summary>
static class ExecutableCache
{
    static ConcurrentDictionary<Key, Executable> young = new();
    static ConcurrentDictionary<Key, Executable> old = new();

    /// <summary>The number of executables that are kept.</summary>
    internal static int Count => young.Count + old.Count;

    internal static Executable Get(Primitive primitive, Aval[] types, Func<Primitive, Aval[], Program> lower)
    {
        var key = new Key(Device.Current, primitive, types);
        if (young.TryGetValue(key, out var executable))
            return executable;
        if (!old.TryGetValue(key, out executable))
            executable = key.Device.Prepare(lower(primitive, types));
        if (young.Count >= Math.Max(1, CompileCache.EagerOperations / 2))
        {
            if (!old.IsEmpty)
                CompileCache.WarnOfForgottenOperations();
            old = young;
            young = new();
        }
        young[key] = executable;
        return executable;
    }

    readonly struct Key(Device device, Primitive primitive, Aval[] types) : IEquatable<Key>
    {
        readonly int hash = HashOf(primitive, types);
        readonly Primitive primitive = primitive;
        readonly Aval[] types = types;

        internal Device Device { get; } = device;

        public bool Equals(Key other)
        {
            if (hash != other.hash || Device != other.Device || types.Length != other.types.Length)
                return false;
            for (var i = 0; i < types.Length; i++)
                if (!types[i].Matches(other.types[i]) || types[i].Weak != other.types[i].Weak)
                    return false;
            return primitive.Equals(other.primitive);
        }

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => hash;

        static int HashOf(Primitive primitive, Aval[] types)
        {
            var hash = primitive.GetHashCode();
            foreach (var t in types)
                hash = hash * 31 + t.Shape.GetHashCode() * 8 + (int)t.DType;
            return hash;
        }
    }
}
