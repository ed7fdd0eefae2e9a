namespace Autodiff;

/// <summary>The base of all errors that Autodiff reports of a program. Each message says what came, what was expected and what to do.</summary>
public abstract class AutodiffException(string message) : Exception(message);

/// <summary>Shapes, axes or sizes do not fit an operation.</summary>
public sealed class ShapeException(string message) : AutodiffException(message);

/// <summary>An element type does not fit an operation.</summary>
public sealed class DTypeException(string message) : AutodiffException(message);

/// <summary>A gradient was asked of a function whose result is not a real scalar.</summary>
public sealed class ScalarOutputException(string message) : AutodiffException(message);

/// <summary>A derivative was asked with respect to an input that is not of a floating-point type.</summary>
public sealed class IntegerInputException(string message) : AutodiffException(message);

/// <summary>A loop's carry, or a branch's result, leaves with another structure or type than it must have.</summary>
public sealed class CarryMismatchException(string message) : AutodiffException(message);

/// <summary>The condition of a loop or branch is not one boolean.</summary>
public sealed class PredicateException(string message) : AutodiffException(message);

/// <summary>The lengths given to a loop disagree, or none was given.</summary>
public sealed class LoopLengthException(string message) : AutodiffException(message);

/// <summary>A branch was asked for, but the list of branches is empty.</summary>
public sealed class EmptyBranchesException(string message) : AutodiffException(message);

/// <summary>A number was asked of a value that has none, because it is being traced.</summary>
public sealed class ConcretizationException(string message) : AutodiffException(message);

/// <summary>A function calls itself through a transform, a loop or a branch without end.</summary>
public sealed class RecursionException(string message) : AutodiffException(message);

/// <summary>A tracer was met after the transform that made it had ended.</summary>
public sealed class EscapedTracerException(string message) : AutodiffException(message);

/// <summary>Arguments of Vmap disagree on the size of the mapped axis, or have no such axis.</summary>
public sealed class BatchAxisException(string message) : AutodiffException(message);

/// <summary>An index is out of place: too many, an axis that is not there, or a mask whose values are not known.</summary>
public sealed class IndexingException(string message) : AutodiffException(message);

/// <summary>A type is not a tree of arrays.</summary>
public sealed class NotATreeException(string message) : AutodiffException(message);

/// <summary>Two trees that must have one structure have two.</summary>
public sealed class TreeMismatchException(string message) : AutodiffException(message);

/// <summary>A function that must be linear is not.</summary>
public sealed class NotLinearException(string message) : AutodiffException(message);

/// <summary>A derivative was asked that an operation does not have, or that nobody has worked out.</summary>
public sealed class NotDifferentiableException(string message) : AutodiffException(message);

/// <summary>A custom derivative rule returned something else than it must.</summary>
public sealed class CustomRuleException(string message) : AutodiffException(message);

/// <summary>A derivative differs from its numerical estimate.</summary>
public sealed class GradCheckException(string message) : AutodiffException(message);

/// <summary>An argument has a value that the function does not take.</summary>
public sealed class InvalidArgumentException(string message) : AutodiffException(message);

/// <summary>An array was used after it was disposed of, or after it was donated to a call.</summary>
public sealed class ReleasedArrayException(string message) : AutodiffException(message);
