namespace Autodiff.Generators;

/// <summary>All that the emitter needs to know of a [PyTree] type. It holds no symbols, so the incremental pipeline can cache it.</summary>
/// <param name="HintName">The name of the generated file.</param>
/// <param name="Namespace">Null for the global namespace.</param>
/// <param name="Declarations">The partial declarations to open, from the outermost containing type to the type itself.</param>
/// <param name="Type">The type, fully qualified.</param>
/// <param name="Arguments">The children that the constructor takes, in its order.</param>
/// <param name="Members">The children that an object initializer sets.</param>
sealed record TreeModel(
    string HintName,
    string? Namespace,
    EquatableArray<string> Declarations,
    string Type,
    EquatableArray<ChildModel> Arguments,
    EquatableArray<ChildModel> Members
);

/// <summary>A child of a tree.</summary>
/// <param name="Name">The name that errors show.</param>
/// <param name="Identifier">The name as C# writes it: <c>@class</c>.</param>
/// <param name="Type">Its type, fully qualified.</param>
/// <param name="IsStatic">Whether it is part of the structure instead of a subtree.</param>
sealed record ChildModel(string Name, string Identifier, string Type, bool IsStatic);
