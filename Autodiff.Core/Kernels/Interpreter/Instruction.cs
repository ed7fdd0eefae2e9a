namespace Autodiff;

/// <summary>
/// What one <see cref="Instruction"/> does. Integers and booleans of every type are held as their value in an Int64 register, a Float64 as
/// its bits, a Float32 as the low half of its register.
/// </summary>
enum OpCode
{
    End,

    // To ← the element at A + B · Scale of buffer C, or 0 beyond Limit.
    LoadByte,
    LoadInt32,
    LoadUInt32,
    LoadInt64,

    // The element at A + B · Scale of buffer C, if below Limit, ← To.
    StoreByte,
    StoreInt32,
    StoreInt64,

    Copy,
    MulAdd, // To ← A + B · Scale
    Jump, // by C instructions
    JumpIfFalse,
    Next, // counts A up, and jumps by C while it is below Limit
    Select, // To ← A ? B : C

    AddInt,
    SubInt,
    MulInt,
    DivInt,
    RemInt,
    MinInt,
    MaxInt,
    PowInt,
    NegInt,
    AbsInt,
    AndInt,
    OrInt,
    XorInt,
    NotInt,
    NotBool,
    ShiftLeft, // of a number of C bits
    ShiftRightLogical,
    ShiftRightArithmetic,
    EqualInt,
    NotEqualInt,
    LessInt,
    LessEqualInt,

    AddSingle,
    SubSingle,
    MulSingle,
    DivSingle,
    MinSingle,
    MaxSingle,
    FmaSingle,
    NegSingle,
    AbsSingle,
    SqrtSingle,
    EqualSingle,
    NotEqualSingle,
    LessSingle,
    LessEqualSingle,
    UnarySingle, // the ScalarOp numbered C
    BinarySingle,

    AddDouble,
    SubDouble,
    MulDouble,
    DivDouble,
    MinDouble,
    MaxDouble,
    FmaDouble,
    NegDouble,
    AbsDouble,
    SqrtDouble,
    EqualDouble,
    NotEqualDouble,
    LessDouble,
    LessEqualDouble,
    UnaryDouble,
    BinaryDouble,

    // To ← A in the type's range, by dropping high bits.
    WrapBool,
    WrapByte,
    WrapInt32,
    WrapUInt32,

    IntToSingle,
    IntToDouble,
    SingleToDouble,
    DoubleToSingle,
    DoubleToBool,
    DoubleToByte,
    DoubleToInt32,
    DoubleToUInt32,
    DoubleToInt64,
}

/// <summary>One step of a kernel's code: an operation on registers, numbered.</summary>
struct Instruction
{
    internal OpCode Op;
    internal int To;
    internal int A;
    internal int B;
    internal int C;
    internal long Scale;
    internal long Limit;
}
