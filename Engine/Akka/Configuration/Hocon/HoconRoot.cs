namespace Akka.Configuration.Hocon;

/// <summary>What a HOCON text holds: its top-level value, with every substitution resolved.</summary>
public class HoconRoot(HoconValue value)
{
    public HoconValue Value { get; } = value;
}
