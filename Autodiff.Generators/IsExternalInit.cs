// Records and init accessors need this type, and netstandard2.0 lacks it.
namespace System.Runtime.CompilerServices;

static class IsExternalInit;
