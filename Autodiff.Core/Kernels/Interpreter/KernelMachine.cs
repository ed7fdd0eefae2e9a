using System.Runtime.CompilerServices;

namespace Autodiff;

/// <summary>Executes the code of a kernel.</summary>
static unsafe class KernelMachine
{
    // Optimised at once: the loop is in this method, and the first kernels of a process run here.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(Instruction* i, long* r, byte** buffers)
    {
        for (; ; i++)
        {
            var to = r + i->To;
            var a = r + i->A;
            var b = r + i->B;
            switch (i->Op)
            {
                case OpCode.End:
                    return;

                case OpCode.LoadByte:
                {
                    var at = *a + *b * i->Scale;
                    *to = (ulong)at < (ulong)i->Limit ? buffers[i->C][at] : 0;
                    break;
                }
                case OpCode.LoadInt32:
                {
                    var at = *a + *b * i->Scale;
                    *to = (ulong)at < (ulong)i->Limit ? ((int*)buffers[i->C])[at] : 0;
                    break;
                }
                case OpCode.LoadUInt32:
                {
                    var at = *a + *b * i->Scale;
                    *to = (ulong)at < (ulong)i->Limit ? ((uint*)buffers[i->C])[at] : 0;
                    break;
                }
                case OpCode.LoadInt64:
                {
                    var at = *a + *b * i->Scale;
                    *to = (ulong)at < (ulong)i->Limit ? ((long*)buffers[i->C])[at] : 0;
                    break;
                }
                case OpCode.StoreByte:
                {
                    var at = *a + *b * i->Scale;
                    if ((ulong)at < (ulong)i->Limit)
                        buffers[i->C][at] = (byte)*to;
                    break;
                }
                case OpCode.StoreInt32:
                {
                    var at = *a + *b * i->Scale;
                    if ((ulong)at < (ulong)i->Limit)
                        ((int*)buffers[i->C])[at] = (int)*to;
                    break;
                }
                case OpCode.StoreInt64:
                {
                    var at = *a + *b * i->Scale;
                    if ((ulong)at < (ulong)i->Limit)
                        ((long*)buffers[i->C])[at] = *to;
                    break;
                }

                case OpCode.Copy:
                    *to = *a;
                    break;
                case OpCode.MulAdd:
                    *to = *a + *b * i->Scale;
                    break;
                case OpCode.Jump:
                    i += i->C;
                    break;
                case OpCode.JumpIfFalse:
                    if (*a == 0)
                        i += i->C;
                    break;
                case OpCode.Next:
                    if (++*a < i->Limit)
                        i += i->C;
                    break;
                case OpCode.Select:
                    *to = *a != 0 ? *b : r[i->C];
                    break;

                case OpCode.AddInt:
                    *to = *a + *b;
                    break;
                case OpCode.SubInt:
                    *to = *a - *b;
                    break;
                case OpCode.MulInt:
                    *to = *a * *b;
                    break;
                case OpCode.DivInt:
                    *to = ScalarMath.Div(*a, *b);
                    break;
                case OpCode.RemInt:
                    *to = ScalarMath.Rem(*a, *b);
                    break;
                case OpCode.MinInt:
                    *to = Math.Min(*a, *b);
                    break;
                case OpCode.MaxInt:
                    *to = Math.Max(*a, *b);
                    break;
                case OpCode.PowInt:
                    *to = ScalarMath.Pow(*a, *b);
                    break;
                case OpCode.NegInt:
                    *to = -*a;
                    break;
                case OpCode.AbsInt:
                    *to = *a < 0 ? -*a : *a;
                    break;
                case OpCode.AndInt:
                    *to = *a & *b;
                    break;
                case OpCode.OrInt:
                    *to = *a | *b;
                    break;
                case OpCode.XorInt:
                    *to = *a ^ *b;
                    break;
                case OpCode.NotInt:
                    *to = ~*a;
                    break;
                case OpCode.NotBool:
                    *to = *a ^ 1;
                    break;
                case OpCode.ShiftLeft:
                    *to = (ulong)*b < (ulong)i->C ? *a << (int)*b : 0;
                    break;
                case OpCode.ShiftRightLogical:
                    *to = (ulong)*b < (ulong)i->C ? (long)((ulong)*a >> (int)*b) : 0;
                    break;
                case OpCode.ShiftRightArithmetic:
                    *to = *a >> ((ulong)*b < (ulong)i->C ? (int)*b : 63);
                    break;
                case OpCode.EqualInt:
                    *to = *a == *b ? 1 : 0;
                    break;
                case OpCode.NotEqualInt:
                    *to = *a != *b ? 1 : 0;
                    break;
                case OpCode.LessInt:
                    *to = *a < *b ? 1 : 0;
                    break;
                case OpCode.LessEqualInt:
                    *to = *a <= *b ? 1 : 0;
                    break;

                case OpCode.AddSingle:
                    *(float*)to = *(float*)a + *(float*)b;
                    break;
                case OpCode.SubSingle:
                    *(float*)to = *(float*)a - *(float*)b;
                    break;
                case OpCode.MulSingle:
                    *(float*)to = *(float*)a * *(float*)b;
                    break;
                case OpCode.DivSingle:
                    *(float*)to = *(float*)a / *(float*)b;
                    break;
                case OpCode.MinSingle:
                    *(float*)to = MathF.Min(*(float*)a, *(float*)b);
                    break;
                case OpCode.MaxSingle:
                    *(float*)to = MathF.Max(*(float*)a, *(float*)b);
                    break;
                case OpCode.FmaSingle:
                    *(float*)to = MathF.FusedMultiplyAdd(*(float*)a, *(float*)b, *(float*)(r + i->C));
                    break;
                case OpCode.NegSingle:
                    *(float*)to = -*(float*)a;
                    break;
                case OpCode.AbsSingle:
                    *(float*)to = MathF.Abs(*(float*)a);
                    break;
                case OpCode.SqrtSingle:
                    *(float*)to = MathF.Sqrt(*(float*)a);
                    break;
                case OpCode.EqualSingle:
                    *to = *(float*)a == *(float*)b ? 1 : 0;
                    break;
                case OpCode.NotEqualSingle:
                    *to = *(float*)a != *(float*)b ? 1 : 0;
                    break;
                case OpCode.LessSingle:
                    *to = *(float*)a < *(float*)b ? 1 : 0;
                    break;
                case OpCode.LessEqualSingle:
                    *to = *(float*)a <= *(float*)b ? 1 : 0;
                    break;
                case OpCode.UnarySingle:
                    *(float*)to = ScalarMath.Evaluate((ScalarOp)i->C, *(float*)a);
                    break;
                case OpCode.BinarySingle:
                    *(float*)to = ScalarMath.Evaluate((ScalarOp)i->C, *(float*)a, *(float*)b);
                    break;

                case OpCode.AddDouble:
                    *(double*)to = *(double*)a + *(double*)b;
                    break;
                case OpCode.SubDouble:
                    *(double*)to = *(double*)a - *(double*)b;
                    break;
                case OpCode.MulDouble:
                    *(double*)to = *(double*)a * *(double*)b;
                    break;
                case OpCode.DivDouble:
                    *(double*)to = *(double*)a / *(double*)b;
                    break;
                case OpCode.MinDouble:
                    *(double*)to = Math.Min(*(double*)a, *(double*)b);
                    break;
                case OpCode.MaxDouble:
                    *(double*)to = Math.Max(*(double*)a, *(double*)b);
                    break;
                case OpCode.FmaDouble:
                    *(double*)to = Math.FusedMultiplyAdd(*(double*)a, *(double*)b, *(double*)(r + i->C));
                    break;
                case OpCode.NegDouble:
                    *(double*)to = -*(double*)a;
                    break;
                case OpCode.AbsDouble:
                    *(double*)to = Math.Abs(*(double*)a);
                    break;
                case OpCode.SqrtDouble:
                    *(double*)to = Math.Sqrt(*(double*)a);
                    break;
                case OpCode.EqualDouble:
                    *to = *(double*)a == *(double*)b ? 1 : 0;
                    break;
                case OpCode.NotEqualDouble:
                    *to = *(double*)a != *(double*)b ? 1 : 0;
                    break;
                case OpCode.LessDouble:
                    *to = *(double*)a < *(double*)b ? 1 : 0;
                    break;
                case OpCode.LessEqualDouble:
                    *to = *(double*)a <= *(double*)b ? 1 : 0;
                    break;
                case OpCode.UnaryDouble:
                    *(double*)to = ScalarMath.Evaluate((ScalarOp)i->C, *(double*)a);
                    break;
                case OpCode.BinaryDouble:
                    *(double*)to = ScalarMath.Evaluate((ScalarOp)i->C, *(double*)a, *(double*)b);
                    break;

                case OpCode.WrapBool:
                    *to = *a != 0 ? 1 : 0;
                    break;
                case OpCode.WrapByte:
                    *to = (byte)*a;
                    break;
                case OpCode.WrapInt32:
                    *to = (int)*a;
                    break;
                case OpCode.WrapUInt32:
                    *to = (uint)*a;
                    break;
                case OpCode.IntToSingle:
                    *(float*)to = *a;
                    break;
                case OpCode.IntToDouble:
                    *(double*)to = *a;
                    break;
                case OpCode.SingleToDouble:
                    *(double*)to = *(float*)a;
                    break;
                case OpCode.DoubleToSingle:
                    *(float*)to = (float)*(double*)a;
                    break;
                case OpCode.DoubleToBool:
                    *to = *(double*)a != 0 ? 1 : 0;
                    break;
                case OpCode.DoubleToByte:
                    *to = ScalarMath.ToUInt8(*(double*)a);
                    break;
                case OpCode.DoubleToInt32:
                    *to = ScalarMath.ToInt32(*(double*)a);
                    break;
                case OpCode.DoubleToUInt32:
                    *to = ScalarMath.ToUInt32(*(double*)a);
                    break;
                case OpCode.DoubleToInt64:
                    *to = ScalarMath.ToInt64(*(double*)a);
                    break;
            }
        }
    }
}
