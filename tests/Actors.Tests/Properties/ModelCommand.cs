using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>A command that has been sent and not been answered: what the model remembers of it.</summary>
public sealed class ModelCommand(int serial, ScsiCommandReceived request, byte[] dataOut, long arrival)
{
    private readonly List<(long Offset, int Count)> _pieces = [];

    /// <summary>Counts the commands of a run.</summary>
    public int Serial { get; } = serial;

    /// <summary>The message it came in.</summary>
    public ScsiCommandReceived Request { get; } = request;

    /// <summary>What the initiator supplies when asked.</summary>
    public byte[] DataOut { get; } = dataOut;

    /// <summary>The step at which it was sent.</summary>
    public long Arrival { get; } = arrival;

    /// <summary>The initiator.</summary>
    public int Initiator => Request.Nexus.It.InitiatorPort;

    /// <summary>The CDB.</summary>
    public Cdb Cdb => Request.Cdb;

    /// <summary>Every state the logical unit may have been in since the command was sent.</summary>
    public List<ModelState> Seen { get; } = [];

    /// <summary>The name that the logical unit gave it; null until its first transfer.</summary>
    public TaskId? Task { get; set; }

    /// <summary>The change of state that it may cause: the handle of <see cref="PossibleStates.Begin"/>.</summary>
    public int? Change { get; set; }

    /// <summary>True when success is sure to change the mode parameters, whatever else is under way.</summary>
    public bool SureChange { get; set; }

    /// <summary>True when there surely was a medium when it was sent, and no change under way.</summary>
    public bool Loaded { get; set; }

    /// <summary>The earliest step at which it is known to have been running.</summary>
    public long Started { get; set; } = long.MaxValue;

    /// <summary>The step of its answer.</summary>
    public long Answered { get; set; } = long.MaxValue;

    /// <summary>What arrived at the initiator, by offset; holes are zero.</summary>
    public MemoryStream DataIn { get; } = new();

    /// <summary>Bytes that were delivered.</summary>
    public long Delivered { get; set; }

    /// <summary>Bytes that were asked for and supplied.</summary>
    public long Supplied { get; set; }

    /// <summary>Bytes written to storage.</summary>
    public long Stored { get; set; }

    /// <summary>Transfers that have been begun and not been answered.</summary>
    public int TransfersUnderWay { get; set; }

    /// <summary>True when one of its transfers failed.</summary>
    public bool TransferFailed { get; set; }

    /// <summary>True when it is being aborted, or may be: others need not wait for it.</summary>
    public bool Aborting { get; set; }

    /// <summary>The function or event that asked for its end, if nothing else did before.</summary>
    public ModelInterruption? AbortedBy { get; set; }

    /// <summary>True when it ended without a status.</summary>
    public bool Vanished { get; set; }

    /// <summary>True when something has given leave to end it without a status.</summary>
    public bool MayVanish { get; set; }

    /// <summary>True when something has given leave to end it with TASK ABORTED.</summary>
    public bool MayBeTaskAborted { get; set; }

    /// <summary>True when it must not end with a status of its own any more.</summary>
    public bool MustNotFinish { get; set; }

    /// <summary>True when an auto contingent allegiance was in effect at some time since it was sent.</summary>
    public bool SawAca { get; set; }

    /// <summary>The auto contingent allegiance in effect when it was sent, 0 for none.</summary>
    public int AcaAtArrival { get; set; }

    /// <summary>True when it was sent while another command had its name.</summary>
    public bool Overlaps { get; set; }

    /// <summary>True when that other command was not being aborted.</summary>
    public bool MustOverlap { get; set; }

    /// <summary>Commands in the logical unit when it was sent, without itself; and flushes that may stand for one.</summary>
    public int Company { get; set; }

    /// <summary>The same without those that are being aborted.</summary>
    public int SureCompany { get; set; }

    /// <summary>True when some of these are its initiator's.</summary>
    public bool HasSureCompanion { get; set; }

    /// <summary>The bit NACA of its CONTROL byte.</summary>
    public bool Naca => (Cdb.Control & 0x04) != 0;

    /// <summary>Remembers a piece of a transfer; false when it overlaps an earlier one.</summary>
    public bool AddPiece(long offset, int count)
    {
        foreach (var (from, length) in _pieces)
        {
            if (offset < from + length && from < offset + count)
                return false;
        }
        _pieces.Add((offset, count));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"#{Serial} {Request.Nexus} {Request.Attribute} [{Cdb}]";
}
