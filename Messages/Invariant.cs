using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ScsiActors.Messages;

/// <summary>A condition that only a bug in this project can break; it is checked in release builds too.</summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantViolatedException"/> when <paramref name="condition"/> is false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds([DoesNotReturnIf(false)] bool condition, string because,
        [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
            Throw(because, expression);
    }

    [DoesNotReturn, StackTraceHidden]
    private static void Throw(string because, string expression) => throw new InvariantViolatedException($"{because} ({expression})");
}

/// <summary>Thrown by <see cref="Invariant"/>: the message says which rule was broken and by what expression.</summary>
public sealed class InvariantViolatedException(string message) : Exception(message);
