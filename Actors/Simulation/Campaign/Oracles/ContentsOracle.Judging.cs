using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What reads and comparisons may find.</summary>
internal sealed partial class ContentsOracle
{
    private const string Atomicity = "atomicity";
    private const int Sector = 512;

    private readonly List<BlockVersion?> _seen = [];

    private void Read(TimeSpan time, BlockAccess access, long count, string name)
    {
        var size = Scenario.BlockSize;
        _seen.Clear();
        for (var i = 0; i < count; i++)
        {
            var block = access.Data.Span.Slice(i * size, size);
            var stamp = BlockPattern.Read(block);
            var lba = access.Lba + i;
            var versions = VersionsOf(access, i);
            BlockVersion? version = null;
            if (versions.Exists(other => other.IsAny && other.Superseded > access.Begin))
            {
                _seen.Add(null);
                continue;
            }
            if (stamp.Writer > 0 && !IsPlaced(stamp, lba, versions))
                Find(time, $"{name} read block {lba} and got block {stamp.Lba} as step {stamp.Writer} wrote it", access.Subject(lba, 1));
            else if (stamp.Writer < 0 && !IsTorn(block, lba, versions, access))
                Find(time, $"{name} read block {lba} and got bytes that nobody wrote there ({Describe(block)})", access.Subject(lba, 1));
            else if (stamp.Writer >= 0 && (version = LegalOf(versions, stamp.Writer, access)) is null)
                Find(time, $"{name} read block {lba} and got what {Teller(stamp.Writer)}; legal is what {Legal(versions, access)}", access.Subject(lba, 1));
            _seen.Add(version);
            if (version is not null)
                Narrow(versions, version, access);
        }
        JudgeTogether(time, access, name);
    }

    // A block holds its own pattern, or that of the block which a WRITE SAME has repeated.
    private static bool IsPlaced(BlockStamp stamp, long lba, List<BlockVersion> versions) =>
        stamp.Lba == (versions.Find(version => version.Writer == stamp.Writer)?.Pattern ?? lba);

    /// <summary>A power cut may leave sectors of a block at different versions, each of them legal.</summary>
    private bool IsTorn(ReadOnlySpan<byte> block, long lba, List<BlockVersion> versions, BlockAccess access)
    {
        if (PowerOf(access.Unit).Off < 0 || block.Length == Sector)
            return false;
        for (var at = 0; at < block.Length; at += Sector)
        {
            var stamp = BlockPattern.Read(block.Slice(at, Sector), at);
            if (stamp.Writer < 0 || (stamp.Writer > 0 && !IsPlaced(stamp, lba, versions)) || LegalOf(versions, stamp.Writer, access) is null)
                return false;
        }
        return true;
    }

    // All of a WRITE ATOMIC is there, or nothing of it (SBC-4 4.29).
    private void JudgeTogether(TimeSpan time, BlockAccess access, string name)
    {
        for (var i = 0; i < _seen.Count; i++)
        {
            if (_seen[i] is not { Together: { } together } atomic)
                continue;
            var first = (int)Math.Max(0, together.Lba - access.Lba);
            var end = (int)Math.Min(_seen.Count, together.Lba + together.Count - access.Lba);
            for (var j = first; j < end; j++)
            {
                if (_seen[j] is not { } other || !other.IsBefore(atomic))
                    continue;
                Find(time, $"{name} read block {access.Lba + i} as WRITE ATOMIC of step {atomic.Writer} wrote it, and block {access.Lba + j}, "
                    + $"which that wrote too, as it was before", access.Subject(together.Lba, together.Count), Atomicity);
                return;
            }
        }
    }

    private static string Describe(ReadOnlySpan<byte> bytes) =>
        bytes[0] == BlockPattern.Untouched ? "the buffer was not filled" : $"they begin with {Convert.ToHexString(bytes[..16])}";

    private static string Teller(int writer) => writer == 0 ? "was there at the start" : $"step {writer} wrote";

    private static string Legal(List<BlockVersion> versions, BlockAccess access) =>
        string.Join(", or what ", versions.Where(version => version.Superseded > access.Begin).Select(static version => Teller(version.Writer)));

    private static BlockVersion? LegalOf(List<BlockVersion> versions, int writer, BlockAccess access)
    {
        // Zeroes may stand for several versions: the latest.
        for (var i = versions.Count - 1; i >= 0; i--)
        {
            if (versions[i].Writer == writer && versions[i].Superseded > access.Begin)
                return versions[i];
        }
        return null;
    }

    // What comes to be compared is the pattern of each block itself.
    private static bool CanBe(BlockVersion version, int writer, long lba, BlockAccess access) => version.Holds(writer, lba, lba) && version.Superseded > access.Begin;

    /// <summary>What a read has seen is so for all that begin later: what is older is gone, and a doubtful write that it did not see, though it had ended,
    /// has not happened.</summary>
    private void Narrow(List<BlockVersion> versions, BlockVersion seen, BlockAccess access)
    {
        var power = PowerOf(access.Unit);
        // What was seen before a cut says nothing of what is there behind it, and zeroes may stand for several versions.
        if (access.Begin <= power.Off || (seen.Writer == 0 && versions.Count(static version => version.Writer == 0) > 1))
            return;
        seen.IsSeen = true;
        // What was written before a cut and is there behind it has come to the medium.
        seen.IsDurable |= power.Off >= 0 && seen.End <= power.Off && access.Begin > power.On;
        foreach (var other in versions)
        {
            if (other.IsBefore(seen) || (!other.IsCertain && other != seen && other.End < access.Begin && seen.IsBefore(other)))
                other.Superseded = Math.Min(other.Superseded, Now);
        }
    }

    private void Verified(TimeSpan time, BlockAccess access, CommandExecuted executed, string name)
    {
        if (executed.Sense?.Key == SenseKey.Miscompare)
            Miscompared(time, access, access.Writer, name);
        for (var i = 0L; executed.IsGood && i < access.Count; i++)
        {
            var versions = VersionsOf(access, i);
            if (!versions.Exists(version => CanBe(version, access.Writer, access.Lba + i, access)) && PowerOf(access.Unit).Off < 0)
                Find(time, $"{name} found block {access.Lba + i} to be what {Teller(access.Writer)}; legal is what {Legal(versions, access)}", access.Subject(access.Lba + i, 1));
        }
    }

    private void Miscompared(TimeSpan time, BlockAccess access, int writer, string name)
    {
        for (var i = 0L; i < access.Count; i++)
        {
            if (VersionsOf(access, i).Exists(version => (version.IsAny || !version.Holds(writer, access.Lba + i, access.Lba + i)) && version.Superseded > access.Begin))
                return;
        }
        Find(time, $"{name} ended with MISCOMPARE, but every block can only be what {Teller(writer)}", access.Subject(access.Lba, access.Count));
    }

    /// <summary>A COMPARE AND WRITE has succeeded (SBC-4 5.3): what it compared with was there at some point of its life, and nobody else has replaced the
    /// same version.</summary>
    private void Replace(TimeSpan time, ulong id, BlockAccess access, string name)
    {
        for (var i = 0L; i < access.Count; i++)
        {
            var versions = VersionsOf(access, i);
            var lba = access.Lba + i;
            var found = versions.Find(version => version.Begin != access.Begin && CanBe(version, access.Compared, lba, access));
            if (found is null)
                Find(time, $"{name} found block {lba} to be what {Teller(access.Compared)}; legal is what {Legal(versions, access)}", access.Subject(lba, 1), Atomicity);
            else if (found.ReplacedBy is { } earlier && !found.IsAny && versions.Count(version => version.Writer == access.Compared) == 1)
                Find(time, $"{name} has replaced what {Teller(access.Compared)} in block {lba}, which command {earlier} had replaced already", access.Subject(lba, 1), Atomicity);
            else
                found.ReplacedBy = id;
        }
    }
}
