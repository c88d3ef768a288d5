using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Where the data-in of a GOOD command comes from.</summary>
public enum DataSource
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Exactly <see cref="Outcome.Data"/>.</summary>
    Exact,

    /// <summary>The medium, at some time while the command ran.</summary>
    Medium,

    /// <summary>What a REQUEST SENSE may answer.</summary>
    Sense,
}

/// <summary>One legal way for a command to end.</summary>
public sealed class Outcome
{
    private Outcome(ScsiStatus status) => Status = status;

    /// <summary>The status.</summary>
    public ScsiStatus Status { get; }

    /// <summary>The sense key of a CHECK CONDITION.</summary>
    public SenseKey Key { get; private init; }

    /// <summary>Additional sense codes, any of which will do.</summary>
    public AdditionalSense[] Codes { get; private init; } = [];

    /// <summary>Where the data-in of a GOOD comes from.</summary>
    public DataSource Source { get; private init; }

    /// <summary>The data-in.</summary>
    public byte[] Data { get; private init; } = [];

    /// <summary>Bytes that go to the initiator.</summary>
    public long In { get; private init; }

    /// <summary>Bytes that come from the initiator; null for any number.</summary>
    public long? Out { get; private init; } = 0;

    /// <summary>True when the medium's contents decide between this and MISCOMPARE.</summary>
    public bool Compares { get; private init; }

    /// <summary>What the state is afterwards; null when it stays.</summary>
    public Func<ModelState, ModelState>? Effect { get; private init; }

    /// <summary>GOOD without data.</summary>
    public static Outcome Good(Func<ModelState, ModelState>? effect = null, long? @out = 0) =>
        new(ScsiStatus.Good) { Effect = effect, Out = @out };

    /// <summary>GOOD with parameter data, cut to <paramref name="room"/> bytes.</summary>
    public static Outcome Parameters(ReadOnlySpan<byte> data, long room)
    {
        var cut = data[..(int)Math.Min(data.Length, room)].ToArray();
        return new Outcome(ScsiStatus.Good) { Source = DataSource.Exact, Data = cut, In = cut.Length };
    }

    /// <summary>GOOD with sense data in at most <paramref name="room"/> bytes.</summary>
    public static Outcome SenseData(long room) => new(ScsiStatus.Good) { Source = DataSource.Sense, In = room };

    /// <summary>GOOD with <paramref name="bytes"/> of the medium.</summary>
    public static Outcome Read(long bytes) =>
        new(ScsiStatus.Good) { Source = bytes == 0 ? DataSource.None : DataSource.Medium, In = bytes };

    /// <summary>GOOD after comparing data-out with the medium.</summary>
    public static Outcome Compared(long bytes) => new(ScsiStatus.Good) { Compares = true, Out = bytes };

    /// <summary>CHECK CONDITION.</summary>
    public static Outcome Check(SenseKey key, params AdditionalSense[] codes) =>
        new(ScsiStatus.CheckCondition) { Key = key, Codes = codes, Out = null };

    /// <summary>A status without more.</summary>
    public static Outcome Only(ScsiStatus status) => new(status);

    /// <summary>True when a completion with this status and sense data is this outcome, data apart.</summary>
    public bool Matches(ScsiStatus status, SenseData? sense) => status == Status
        && (status != ScsiStatus.CheckCondition || (sense is not null && sense.Key == Key && Codes.Contains(sense.Additional)));

    /// <inheritdoc/>
    public override string ToString() => Status switch
    {
        ScsiStatus.CheckCondition => $"{(byte)Key:x2}/{string.Join('|', Codes)}",
        ScsiStatus.Good => $"Good({In} in, {Out?.ToString() ?? "any"} out{(Effect is null ? "" : ", changes the state")})",
        _ => Status.ToString(),
    };
}
