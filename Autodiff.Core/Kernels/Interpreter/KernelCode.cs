namespace Autodiff;

/// <summary>A kernel made ready for the <see cref="KernelMachine"/>.</summary>
/// <param name="Instructions">The code, loops and all, up to an <see cref="OpCode.End"/>.</param>
/// <param name="Registers">What the registers hold at the start.</param>
/// <param name="Cost">The number of instructions that will be executed at most.</param>
sealed record KernelCode(Instruction[] Instructions, long[] Registers, long Cost);
