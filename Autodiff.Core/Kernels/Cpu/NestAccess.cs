using System.Reflection.Emit;

namespace Autodiff;

// Addresses: each loop keeps a pointer to where its iteration is in every array, and the innermost one adds a multiple of its index.
sealed partial class NestEmitter
{
    /// <summary>Elements of one array that lie at a constant distance from each other share a pointer.</summary>
    sealed class Access(Storage storage, Affine place, int size, int depth)
    {
        internal Storage Storage => storage;
        internal Affine Place => place;
        internal int Size => size;

        /// <summary>The number of loops around its reads and writes.</summary>
        internal int Depth => depth;

        /// <summary>The pointer for the loops entered so far, without the constant; null before the first.</summary>
        internal LocalBuilder? Pointer { get; set; }

        internal bool Is(Storage other, Affine elsewhere, int otherSize) =>
            storage == other && size == otherSize && place.SamePlaceAs(elsewhere);
    }

    void FindAccesses()
    {
        foreach (var element in nest.Order.OfType<Element>())
            if (operands[element.Operand] is Storage storage && !nodes.IsChecked(element))
                FindAccess(storage, nest.OffsetOf(element), element.Type.Size, nodes[element].Depth);
        for (var o = 0; o < results.Length; o++)
            if (results[o] is Storage storage && nest.InRange(nest.Stores[o]!, nest.Kernel.Outputs[o].Type))
                FindAccess(storage, nest.Stores[o]!, nest.Kernel.Outputs[o].Type.DType.Size, StoreDepth(o));
    }

    int StoreDepth(int output) => nest.Accumulates(nest.Kernel.Outputs[output]) ? nest.MapLoops : nest.Loops.Length;

    // The place of an output's store may be the same as of an element, at another depth.
    Access FindAccess(Storage storage, Affine place, int size, int depth)
    {
        var found = accesses.Find(a => a.Is(storage, place, size) && a.Depth == depth);
        if (found is null)
            accesses.Add(found = new(storage, place, size, depth));
        return found;
    }

    Access AccessOf(Element element) =>
        FindAccess((Storage)operands[element.Operand], nest.OffsetOf(element), element.Type.Size, nodes[element].Depth);

    /// <summary>Moves pointers by the index of the loop just entered.</summary>
    void OpenAccesses(int depth, Scope scope)
    {
        foreach (var access in accesses)
            if (access.Depth > depth && (depth == 0 || MovesAt(access, depth)))
            {
                var outer = access.Pointer;
                PushPlace(access, depth);
                var pointer = method.Rent(typeof(nint));
                il.Emit(OpCodes.Stloc, pointer);
                access.Pointer = pointer;
                scope.Add(pointer);
                scope.Restore(access, outer);
            }
    }

    bool MovesAt(Access access, int depth) =>
        access.Place.Axes[nest.Loops[depth - 1].Axis] != 0 || access.Place.Terms.Any(t => TermDepth(t.Term) == depth);

    // A term on one side of a choice is not there before the choice.
    int TermDepth(Scalar term) => nodes[term].Side is null ? nodes[term].Depth : -1;

    /// <summary>Pushes the pointer of the loops outside <paramref name="depth"/>, moved by what that loop adds.</summary>
    void PushPlace(Access access, int depth)
    {
        if (access.Pointer is { } pointer)
            il.Emit(OpCodes.Ldloc, pointer);
        else
            access.Storage.Push(method);
        if (depth > 0)
        {
            var axis = nest.Loops[depth - 1].Axis;
            if (access.Place.Axes[axis] is not 0 and var coefficient)
                Move(() => PushAxis(axis), coefficient * access.Size);
        }
        foreach (var (term, coefficient) in access.Place.Terms)
            if (TermDepth(term) == depth || (depth == access.Depth && TermDepth(term) < 0))
                Move(() => PushScalar(term), coefficient * access.Size);
    }

    void Move(Action push, long bytes)
    {
        push();
        if (bytes != 1)
        {
            method.Long(bytes);
            il.Emit(OpCodes.Mul);
        }
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Pushes the address of an access inside all its loops.</summary>
    void PushAddress(Access access, long constant)
    {
        PushPlace(access, access.Depth);
        method.Displace(constant * access.Size);
    }

    // An element out of place reads as 0; it can only be asked for by an expression that then discards it.
    void LoadChecked(Element element)
    {
        var (outside, end) = (il.DefineLabel(), il.DefineLabel());
        PushChecked(nest.OffsetOf(element), nest.OperandType(element.Operand), (Storage)operands[element.Operand], outside);
        ScalarEmitter.Load(il, element.Type);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(outside);
        ScalarEmitter.Constant(il, element.Type, 0);
        il.MarkLabel(end);
    }

    void PushChecked(Affine place, Aval type, Storage storage, Label outside)
    {
        var offset = method.Rent(typeof(long));
        method.Long(place.Constant);
        for (var a = 0; a < place.Axes.Length; a++)
            if (place.Axes[a] != 0 && axes[a] is not null)
            {
                PushAxis(a);
                AddTimes(place.Axes[a]);
            }
        foreach (var (term, coefficient) in place.Terms)
        {
            PushScalar(term);
            AddTimes(coefficient);
        }
        il.Emit(OpCodes.Stloc, offset);
        il.Emit(OpCodes.Ldloc, offset);
        method.Long(type.Shape.Size);
        il.Emit(OpCodes.Bge_Un, outside);
        storage.Push(method);
        il.Emit(OpCodes.Ldloc, offset);
        method.Long(type.DType.Size);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        method.Return(offset);
    }
}
