using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The mode values of a logical unit that change what its commands may do (SPC-4 7.5.8, SBC-3 6.5.5), followed by watching MODE SELECT commands
/// that ended with GOOD, and resets. Saved values there are none: a reset brings back the defaults.</summary>
internal sealed class UnitModes
{
    private const byte CachingPage = 0x08;
    private const byte ControlPage = 0x0A;

    private readonly bool _writeCacheDefault;
    private int _changing;
    private bool _isControlUnknown;
    private bool _isCachingUnknown;

    /// <summary>The values after power on.</summary>
    /// <param name="writeCacheDefault">WCE after a reset.</param>
    public UnitModes(bool writeCacheDefault) => _writeCacheDefault = WriteCache = writeCacheDefault;

    /// <summary>The number of the event since which the values are what they are; meaningful when <see cref="IsSettled"/>.</summary>
    public long Since { get; private set; } = -1;

    /// <summary>True when nothing is under way that may change a value, and all are known.</summary>
    public bool IsSettled => _changing == 0 && !_isControlUnknown && !_isCachingUnknown;

    /// <summary>QERR: 0, 1 or 3.</summary>
    public int QErr { get; private set; }

    /// <summary>TST=1: each I_T nexus has a task set of its own.</summary>
    public bool TaskSetPerNexus { get; private set; }

    /// <summary>TAS: commands that another nexus aborts end with TASK ABORTED.</summary>
    public bool TaskAborted { get; private set; }

    /// <summary>SWP: nothing may be written.</summary>
    public bool WriteProtected { get; private set; }

    /// <summary>WCE: a write may end before it is on the medium.</summary>
    public bool WriteCache { get; private set; }

    /// <summary>QERR may have been other than 0 at some time.</summary>
    public bool HasAborted { get; private set; }

    /// <summary>TST may have been 1 at some time.</summary>
    public bool HasSeparated { get; private set; }

    /// <summary>True when the values have been what they are since before an event.</summary>
    public bool AreCertainSince(long number) => IsSettled && Since < number;

    /// <summary>Something comes that may change them.</summary>
    public void Begin(long now)
    {
        _changing++;
        Since = now;
    }

    /// <summary>It has been dealt with and changed nothing.</summary>
    public void EndUnchanged(long now)
    {
        _changing = Math.Max(0, _changing - 1);
        Since = now;
    }

    /// <summary>A reset has been carried out.</summary>
    public void EndReset(long now)
    {
        EndUnchanged(now);
        (QErr, TaskSetPerNexus, TaskAborted, WriteProtected, WriteCache) = (0, false, false, false, _writeCacheDefault);
        _isControlUnknown = _isCachingUnknown = _changing > 0;
    }

    /// <summary>A MODE SELECT ended of which nothing is known.</summary>
    public void EndUnknown(long now)
    {
        EndUnchanged(now);
        _isControlUnknown = _isCachingUnknown = HasAborted = HasSeparated = true;
    }

    /// <summary>A MODE SELECT ended.</summary>
    /// <param name="now">The event.</param>
    /// <param name="cdb">The command.</param>
    /// <param name="list">Its parameter list.</param>
    /// <param name="isCertain">True when it had its effect; false when nobody has said so.</param>
    public void EndSelect(long now, in Cdb cdb, ReadOnlySpan<byte> list, bool isCertain)
    {
        EndUnchanged(now);
        var isShort = cdb.OperationCode == 0x15;
        list = list[..Math.Min(list.Length, isShort ? cdb[4] : cdb.UInt16(7))];
        var header = isShort ? 4 : 8;
        if (list.Length < header)
            return;
        var at = header + (isShort ? list[3] : list[6] << 8 | list[7]);
        for (; at + 2 <= list.Length; at += 2 + list[at + 1])
        {
            var page = list[at..];
            if ((page[0] & 0x3F) == CachingPage && page.Length > 2)
            {
                _isCachingUnknown = !isCertain;
                WriteCache = (page[2] & 0x04) != 0;
            }
            else if ((page[0] & 0x3F) == ControlPage && page.Length > 5)
            {
                _isControlUnknown = !isCertain;
                TakeControl(page);
            }
        }
    }

    /// <summary>A MODE SELECT has come: what it asks for may be so before it ends.</summary>
    /// <param name="cdb">The command.</param>
    /// <param name="list">Its parameter list.</param>
    public void Foresee(in Cdb cdb, ReadOnlySpan<byte> list)
    {
        var at = cdb.OperationCode == 0x15 ? 4 : 8;
        for (; at + 3 < list.Length; at++)
        {
            // Wherever it stands behind the header: a page that looks like one is enough for a maybe.
            if ((list[at] & 0x3F) == ControlPage && list[at + 1] == ControlPage)
                (HasAborted, HasSeparated) = (HasAborted || (list[at + 3] & 6) != 0, HasSeparated || (list[at + 2] & 0xE0) != 0);
        }
    }

    private void TakeControl(ReadOnlySpan<byte> page)
    {
        TaskSetPerNexus = (page[2] & 0xE0) != 0;
        QErr = page[3] >> 1 & 3;
        WriteProtected = (page[4] & 0x08) != 0;
        TaskAborted = (page[5] & 0x40) != 0;
        HasAborted |= QErr != 0;
        HasSeparated |= TaskSetPerNexus;
    }
}
