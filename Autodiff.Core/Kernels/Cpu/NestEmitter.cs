using System.Reflection.Emit;

namespace Autodiff;

/// <summary>
/// Emits a kernel's loop nest. One loop may be vectorised: inside it, what varies from lane to lane is computed in vectors, and the rest in
/// scalars as everywhere.
/// </summary>
sealed partial class NestEmitter
{
    readonly MethodEmitter method;
    readonly ILGenerator il;
    readonly NestPlan nest;

    // A ScalarPlace or Storage for each operand, a Variable or Storage for each output.
    readonly object[] operands;
    readonly object[] results;
    readonly VectorPlan? vectors;
    readonly NestNodes nodes;
    readonly LocalBuilder?[] axes;
    readonly List<Access> accesses = [];
    readonly Dictionary<NestNode, LocalBuilder[]> kept = [];
    readonly List<NestNode> keptInOrder = [];

    // The piece of the vectorised loop that is being emitted, where inside it.
    Piece? piece;
    VectorEmitter? vector;

    internal NestEmitter(MethodEmitter method, NestPlan nest, object[] operands, object[] results, int vectorBits)
    {
        this.method = method;
        this.nest = nest;
        this.operands = operands;
        this.results = results;
        il = method.IL;
        vectors = VectorPlan.Create(nest, vectorBits, results.Any(r => r is Storage s && operands.Contains(s)));
        positions = vectors is not null && nest.Kernel.Outputs.Any(IsPosition) ? PositionPlan.Of(vectors) : null;
        nodes = new NestNodes(nest, vectors?.Depth ?? 0);
        axes = new LocalBuilder?[nest.Kernel.Space.Rank];
    }

    internal void Emit()
    {
        for (var o = 0; o < results.Length; o++)
            Start(o);
        FindAccesses();
        EmitDepth(0);
    }

    int Lanes => vector?.Lanes ?? 1;
    int Copies => vector is null ? 1 : piece!.Value.Unroll;

    // A scatter starts as a copy of an operand, unless it overwrites it.
    void Start(int output)
    {
        if (nest.Kernel.Outputs[output].Into is not { } into || operands[into] == results[output])
            return;
        if (results[output] is Variable variable)
        {
            ((ScalarPlace)operands[into]).Push(method);
            variable.Pop();
            return;
        }
        ((Storage)results[output]).Push(method);
        ((Storage)operands[into]).Push(method);
        method.Copy(nest.Kernel.Outputs[output].Type.ByteSize);
    }

    void EmitDepth(int depth)
    {
        var scope = new Scope(this);
        Compute(depth, null);
        OpenAccesses(depth, scope);
        if (depth == nest.MapLoops)
            OpenFolds(scope);
        if (depth == nest.Loops.Length)
            EmitBody();
        else if (depth + 1 != vectors?.Depth)
            EmitLoop(depth + 1, null, new(0, 1, 0, nest.Loops[depth].Extent, 1));
        else if (positions is not null)
            Seek(positions, depth, scope);
        else
            foreach (var stretch in vectors.Pieces)
                EmitPiece(stretch, depth, null);
        if (depth == nest.MapLoops)
            CloseFolds();
        scope.Close();
    }

    /// <summary>A piece of the vectorised loop, <paramref name="origin"/> further on.</summary>
    void EmitPiece(Piece stretch, int depth, LocalBuilder? origin)
    {
        piece = stretch;
        vector = stretch.Bits == 0 ? null : new VectorEmitter(il, stretch.Bits, vectors!.Size);
        EmitLoop(depth + 1, origin, stretch);
        (piece, vector) = (null, null);
    }

    void EmitLoop(int depth, LocalBuilder? origin, Piece stretch)
    {
        var (start, count, step) = (stretch.Start, stretch.Count, stretch.Step);
        if (count == 0)
            return;
        var axis = nest.Loops[depth - 1].Axis;
        var i = method.Rent(typeof(long));
        var isShared = nest.IsShared && depth == 1;
        axes[axis] = i;
        if (isShared)
            method.PushFrom();
        else
            PushBound(start);
        il.Emit(OpCodes.Stloc, i);
        var top = il.DefineLabel();
        il.MarkLabel(top);
        EmitDepth(depth);
        if (count > 1)
        {
            il.Emit(OpCodes.Ldloc, i);
            method.Long(step);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, i);
            il.Emit(OpCodes.Ldloc, i);
            if (isShared)
                method.PushTo();
            else
                PushBound(start + count * step);
            il.Emit(OpCodes.Blt, top);
        }
        method.Return(i);
        axes[axis] = null;

        void PushBound(long bound)
        {
            method.Long(bound);
            if (origin is null)
                return;
            il.Emit(OpCodes.Ldloc, origin);
            il.Emit(OpCodes.Add);
        }
    }

    /// <summary>Computes what is kept at a place.</summary>
    void Compute(int depth, Side? side)
    {
        foreach (var node in nodes.At(depth, side))
        {
            var locals = new LocalBuilder[node.Varies ? Copies : 1];
            for (var copy = 0; copy < locals.Length; copy++)
            {
                locals[copy] = method.Rent(TypeOf(node));
                if (vector is null && node.Expression is Apply { Op: ScalarOp.Select } select)
                    Choose(node, select, locals[0]);
                else
                {
                    Evaluate(node, copy);
                    il.Emit(OpCodes.Stloc, locals[copy]);
                }
            }
            kept[node] = locals;
            keptInOrder.Add(node);
        }
    }

    Type TypeOf(NestNode node) =>
        vector is not null && node.Varies ? vector.TypeOf(node.Expression.Type) : ScalarEmitter.ClrType(node.Expression.Type);

    void Choose(NestNode node, Apply select, LocalBuilder result)
    {
        var (otherwise, end) = (il.DefineLabel(), il.DefineLabel());
        Push(select.Arguments[0]);
        il.Emit(OpCodes.Brfalse, otherwise);
        Take(true, 1);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(otherwise);
        Take(false, 2);
        il.MarkLabel(end);

        void Take(bool taken, int argument)
        {
            var scope = new Scope(this);
            Compute(node.Depth, new Side(node, taken));
            Push(select.Arguments[argument]);
            il.Emit(OpCodes.Stloc, result);
            scope.Close();
        }
    }

    /// <summary>Pushes the value of an expression: in vector code, copy <paramref name="copy"/> of a vector.</summary>
    void Push(Scalar expression, int copy = 0)
    {
        if (vector is null)
        {
            PushScalar(expression);
            return;
        }
        var node = nodes[expression];
        if (!node.Varies)
        {
            PushScalar(expression);
            vector.Broadcast(expression.Type);
        }
        else if (kept.TryGetValue(node, out var locals))
            il.Emit(OpCodes.Ldloc, locals[copy]);
        else
            Evaluate(node, copy);
    }

    void PushScalar(Scalar expression)
    {
        var node = nodes[expression];
        if (kept.TryGetValue(node, out var locals))
            il.Emit(OpCodes.Ldloc, locals[0]);
        else
            EvaluateScalar(expression);
    }

    void Evaluate(NestNode node, int copy)
    {
        if (vector is null || !node.Varies)
        {
            EvaluateScalar(node.Expression);
            return;
        }
        switch (node.Expression)
        {
            case AxisIndex axis:
                il.Emit(OpCodes.Ldloc, axes[axis.Position]!);
                method.Long((long)copy * Lanes);
                il.Emit(OpCodes.Add);
                vector.Sequence(DType.Int64);
                break;
            case Apply { Arguments: [AxisIndex axis] } when IndexNarrowing.IsIndex(node.Expression):
                il.Emit(OpCodes.Ldloc, axes[axis.Position]!);
                method.Long((long)copy * Lanes);
                il.Emit(OpCodes.Add);
                il.Emit(OpCodes.Conv_I4);
                vector.Sequence(DType.Int32);
                break;
            case Element element:
                PushAddress(AccessOf(element), nest.OffsetOf(element).Constant + copy * Lanes);
                vector.Load(element.Type);
                break;
            case Apply { Op: ScalarOp.Select, Arguments: [var condition, var value, Apply function] } when VectorPlan.IsFunction(function):
                ChooseFunction(vector, condition, value, function, copy);
                break;
            case Apply apply:
                vector.Apply(apply, a => Push(a, copy));
                break;
        }
    }

    // Calls a function for all lanes in the rare case that one of them needs it.
    void ChooseFunction(VectorEmitter vector, Scalar condition, Scalar value, Apply function, int copy)
    {
        var type = function.Type;
        var (mask, result, called) = (
            method.Rent(vector.TypeOf(DType.Bool)),
            method.Rent(vector.TypeOf(type)),
            il.DeclareLocal(vector.TypeOf(type))
        );
        var end = il.DefineLabel();
        Push(value, copy);
        il.Emit(OpCodes.Stloc, result);
        Push(condition, copy);
        il.Emit(OpCodes.Stloc, mask);
        il.Emit(OpCodes.Ldloc, mask);
        vector.All();
        il.Emit(OpCodes.Brtrue, end);
        Push(function.Arguments[0], copy);
        il.Emit(OpCodes.Stloc, called);
        il.Emit(OpCodes.Ldloca, called);
        il.Emit(OpCodes.Ldc_I4, vector.Lanes);
        il.Emit(OpCodes.Ldc_I4, (int)function.Op);
        il.Emit(OpCodes.Call, LaneFunction.Of(type));
        vector.Select(type, () => il.Emit(OpCodes.Ldloc, mask), () => il.Emit(OpCodes.Ldloc, result), () => il.Emit(OpCodes.Ldloc, called));
        il.Emit(OpCodes.Stloc, result);
        il.MarkLabel(end);
        il.Emit(OpCodes.Ldloc, result);
        method.Return(mask);
        method.Return(result);
    }

    void EvaluateScalar(Scalar expression)
    {
        switch (expression)
        {
            case Constant c:
                ScalarEmitter.Constant(il, c.Type, c.Bits);
                break;
            case AxisIndex axis:
                PushAxis(axis.Position);
                break;
            case Element element:
                if (operands[element.Operand] is ScalarPlace scalar)
                    scalar.Push(method);
                else if (nodes.IsChecked(element))
                    LoadChecked(element);
                else
                {
                    PushAddress(AccessOf(element), nest.OffsetOf(element).Constant);
                    ScalarEmitter.Load(il, element.Type);
                }
                break;
            case Apply { Op: ScalarOp.Select } select:
                ChooseNow(select);
                break;
            case Apply apply:
                foreach (var argument in apply.Arguments)
                    PushScalar(argument);
                ScalarEmitter.Apply(
                    il,
                    apply.Op,
                    apply.Type,
                    apply.Arguments[0].Type,
                    apply.Arguments.Length > 1 ? apply.Arguments[1] : null
                );
                break;
        }
    }

    // A choice between values that are at hand, or cheap.
    void ChooseNow(Apply select)
    {
        var (otherwise, end) = (il.DefineLabel(), il.DefineLabel());
        PushScalar(select.Arguments[0]);
        il.Emit(OpCodes.Brfalse, otherwise);
        PushScalar(select.Arguments[1]);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(otherwise);
        PushScalar(select.Arguments[2]);
        il.MarkLabel(end);
    }

    void AddTimes(long coefficient)
    {
        if (coefficient != 1)
        {
            method.Long(coefficient);
            il.Emit(OpCodes.Mul);
        }
        il.Emit(OpCodes.Add);
    }

    void PushAxis(int axis)
    {
        if (axes[axis] is { } local)
            il.Emit(OpCodes.Ldloc, local);
        else
            method.Long(0);
    }

    /// <summary>Gives back the locals of what was computed since it was opened.</summary>
    sealed class Scope(NestEmitter nest)
    {
        readonly int outer = nest.keptInOrder.Count;
        readonly List<LocalBuilder> locals = [];
        readonly List<(Access, LocalBuilder?)> moved = [];

        internal void Restore(Access access, LocalBuilder? outer) => moved.Add((access, outer));

        internal void Add(LocalBuilder local) => locals.Add(local);

        internal void Close()
        {
            for (; nest.keptInOrder.Count > outer; nest.keptInOrder.RemoveAt(nest.keptInOrder.Count - 1))
                if (nest.kept.Remove(nest.keptInOrder[^1], out var own))
                    locals.AddRange(own);
            foreach (var (access, before) in moved)
                access.Pointer = before;
            foreach (var local in locals)
                nest.method.Return(local);
        }
    }
}
