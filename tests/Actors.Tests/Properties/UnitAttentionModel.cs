using ScsiActors.Messages.Scsi;
using static ScsiActors.Tests.Properties.SenseCodes;

namespace ScsiActors.Tests.Properties;

/// <summary>A unit attention condition of one nexus.</summary>
/// <param name="rank">Its place in the order of precedence, 0 first (SAM-5 5.14.3).</param>
/// <param name="now">The step at which its cause begins.</param>
/// <param name="codes">Additional sense codes, any of which will do.</param>
public sealed class AttentionItem(int rank, long now, params AdditionalSense[] codes)
{
    /// <summary>Its place in the order of precedence, 0 first.</summary>
    public int Rank { get; } = rank;

    /// <summary>Additional sense codes, any of which will do.</summary>
    public AdditionalSense[] Codes { get; } = codes;

    /// <summary>The last step at which it may have been established; <see cref="long.MaxValue"/> while its cause is under way.</summary>
    public long Settled { get; set; } = now;

    /// <summary>True when it may have been reported in data that was too short to show it.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>The step from which it must be reported; <see cref="long.MaxValue"/> while it need not be.</summary>
    public long Certain { get; set; } = long.MaxValue;
}

/// <summary>The unit attentions of all nexuses: each is reported once, the most important first, and nothing else is reported.</summary>
public sealed class UnitAttentionModel(int initiators)
{
    private const int ResetRanks = 4;

    private readonly List<AttentionItem>[] _pending = Enumerable.Range(0, initiators).Select(static _ =>
        new List<AttentionItem>()).ToArray();

    /// <summary>How many initiators there are.</summary>
    public int Initiators => initiators;

    /// <summary>A power on: 29/01, or the 29/00 of devices that do not tell resets apart.</summary>
    public static AttentionItem PowerOn(long now) => new(0, now, Asc(0x29, 1), Asc(0x29));

    /// <summary>A hard reset.</summary>
    public static AttentionItem HardReset(long now) => new(1, now, Asc(0x29, 2), Asc(0x29));

    /// <summary>A logical unit reset.</summary>
    public static AttentionItem LogicalUnitReset(long now) => new(2, now, Asc(0x29, 3), Asc(0x29));

    /// <summary>A nexus that was lost.</summary>
    public static AttentionItem NexusLoss(long now) => new(3, now, Asc(0x29, 7));

    /// <summary>Mode parameters changed.</summary>
    public static AttentionItem ModesChanged(long now) => new(ResetRanks, now, Asc(0x2A, 1));

    /// <summary>Commands cleared by another initiator, or by the device server.</summary>
    public static AttentionItem CommandsCleared(long now) => new(ResetRanks, now, Asc(0x2F), Asc(0x2F, 2));

    /// <summary>The medium may have changed.</summary>
    public static AttentionItem MediumChanged(long now) => new(ResetRanks, now, Asc(0x28));

    /// <summary>From now on <paramref name="item"/> may be reported to <paramref name="initiator"/>.</summary>
    public void Allow(int initiator, AttentionItem item) => _pending[initiator].Add(item);

    /// <summary>The same for one whose cause is still under way.</summary>
    public void Foresee(int initiator, AttentionItem item)
    {
        item.Settled = long.MaxValue;
        Allow(initiator, item);
    }

    /// <summary>What might have given rise to <paramref name="item"/> did not happen.</summary>
    public void Withdraw(int initiator, AttentionItem item) => _pending[initiator].Remove(item);

    /// <summary>From now on <paramref name="item"/> must be reported to <paramref name="initiator"/>, unless it has been, or one that is
    /// more important stands for it.</summary>
    public void Require(int initiator, AttentionItem item, long now)
    {
        var pending = _pending[initiator];
        item.Settled = now;
        if (item.IsDoubtful || !pending.Contains(item))
            return;
        foreach (var other in pending)
        {
            if (other == item || other.Certain == long.MaxValue)
                continue;
            if (other.Rank < ResetRanks && other.Rank <= item.Rank)
                return;
            if (other.Codes[0] == item.Codes[0])
                return;
            // A reset makes what happened before it unimportant.
            if (item.Rank < ResetRanks)
                other.Certain = long.MaxValue;
        }
        item.Certain = now;
    }

    /// <summary>A unit attention was reported to <paramref name="initiator"/>: it must be pending, and none more important at
    /// step <paramref name="arrival"/>, when the command came.</summary>
    public void Report(int initiator, AdditionalSense code, long arrival)
    {
        var pending = _pending[initiator];
        var found = pending.Where(item => item.Codes.Contains(code)).OrderBy(static item => item.Certain).ThenBy(static item => item.Settled)
            .FirstOrDefault();
        Divergence.Unless(found is not null, "unit-attention",
            $"{code} was reported to initiator {initiator}, for which no such condition is pending");
        foreach (var other in pending)
        {
            Divergence.Unless(other.Rank >= found.Rank || other.Certain >= arrival || other.Rank >= ResetRanks, "unit-attention-order",
                $"{code} was reported to initiator {initiator} although {string.Join('|', other.Codes)} comes first");
        }
        pending.Remove(found);
        // Two of one kind are one condition, or two; and a reset may stand for all that is less important.
        foreach (var other in pending.Where(other => other.Codes.Contains(code) || (found.Rank < ResetRanks && other.Rank >= found.Rank)))
            (other.IsDoubtful, other.Certain) = (true, long.MaxValue);
    }

    /// <summary>A command of <paramref name="initiator"/>, which came at step <paramref name="arrival"/>, was executed: no unit attention
    /// can have been pending all the time.</summary>
    public void Executed(int initiator, long arrival, string command)
    {
        foreach (var item in _pending[initiator])
        {
            Divergence.Unless(item.Certain >= arrival, "unit-attention-missed",
                $"{command} was executed although {string.Join('|', item.Codes)} is pending for its initiator");
        }
        _pending[initiator].RemoveAll(item => item.Settled < arrival && item.Certain == long.MaxValue);
    }

    /// <summary>Something was reported to <paramref name="initiator"/> that nobody could read.</summary>
    public void ReportedUnseen(int initiator)
    {
        foreach (var item in _pending[initiator])
            (item.IsDoubtful, item.Certain) = (true, long.MaxValue);
    }

    /// <summary>What may be reported to <paramref name="initiator"/>.</summary>
    public IReadOnlyList<AttentionItem> Pending(int initiator) => _pending[initiator];

    /// <summary>True when something must be reported to <paramref name="initiator"/> by a command that came at step
    /// <paramref name="arrival"/>.</summary>
    public bool MustReport(int initiator, long arrival) => _pending[initiator].Any(item => item.Certain < arrival);
}
