namespace Akka.Util;

/// <summary>A value, or none.</summary>
public readonly record struct Option<T>
{
    public static readonly Option<T> None;

    private readonly T? _value;

    public Option(T value)
    {
        _value = value;
        HasValue = value is not null;
    }

    public bool HasValue { get; }

    public bool IsEmpty => !HasValue;

    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value => HasValue ? _value! : throw new InvalidOperationException("The option is empty");

    public T GetOrElse(T fallbackValue) => HasValue ? _value! : fallbackValue;

    public static implicit operator Option<T>(T value) => new(value);
}
