using System.Buffers.Binary;
using System.Text;

namespace ScsiActors.Interop;

/// <summary>Just enough of FAT16 to put files into the root directory of a volume that mkfs.vfat has made, and to read them again;
/// fsck.vfat judges the result.</summary>
internal sealed class Fat16Volume
{
    private const int EntryLength = 32;
    private const int FirstCluster = 2;
    private const ushort EndOfChain = 0xFFFF;
    private const ushort FirstEndOfChain = 0xFFF8;
    private const byte ArchiveAttribute = 0x20;
    private const byte VolumeLabelAttribute = 0x08;

    private readonly string _path;
    private readonly byte[] _volume;
    private readonly int _clusterLength;
    private readonly int _fats;
    private readonly int _fatStart;
    private readonly int _fatLength;
    private readonly int _rootStart;
    private readonly int _rootEntries;

    private Fat16Volume(string path)
    {
        _path = path;
        _volume = File.ReadAllBytes(path);
        int sector = Word(11);
        _clusterLength = _volume[13] * sector;
        _fatStart = Word(14) * sector;
        _fats = _volume[16];
        _rootEntries = Word(17);
        _fatLength = Word(22) * sector;
        _rootStart = _fatStart + _fats * _fatLength;
    }

    private int DataStart => _rootStart + _rootEntries * EntryLength;

    /// <summary>Opens a volume that has a file system.</summary>
    public static Fat16Volume Open(string path) => new(path);

    /// <summary>Adds files with names of the 8.3 form to an empty volume.</summary>
    public void Write(IReadOnlyDictionary<string, byte[]> files)
    {
        var cluster = FirstCluster;
        var entry = _rootStart;
        while (_volume[entry] != 0)
            entry += EntryLength;
        foreach (var (name, data) in files)
        {
            var clusters = (data.Length + _clusterLength - 1) / _clusterLength;
            WriteEntry(_volume.AsSpan(entry, EntryLength), name, clusters == 0 ? 0 : cluster, data.Length);
            data.CopyTo(_volume.AsSpan(DataOf(cluster)));
            for (var i = 1; i <= clusters; i++, cluster++)
                Link(cluster, i == clusters ? EndOfChain : (ushort)(cluster + 1));
            entry += EntryLength;
        }
        File.WriteAllBytes(_path, _volume);
    }

    /// <summary>The files in the root directory.</summary>
    public Dictionary<string, byte[]> Read()
    {
        var files = new Dictionary<string, byte[]>();
        for (var entry = _rootStart; entry < DataStart && _volume[entry] != 0; entry += EntryLength)
        {
            if ((_volume[entry + 11] & VolumeLabelAttribute) != 0)
                continue;
            var name = $"{Encoding.ASCII.GetString(_volume, entry, 8).Trim()}.{Encoding.ASCII.GetString(_volume, entry + 8, 3).Trim()}";
            var data = new byte[BinaryPrimitives.ReadInt32LittleEndian(_volume.AsSpan(entry + 28))];
            var at = 0;
            for (int cluster = Word(entry + 26); cluster is >= FirstCluster and < FirstEndOfChain; cluster = Word(_fatStart + 2 * cluster))
            {
                var count = Math.Min(_clusterLength, data.Length - at);
                _volume.AsSpan(DataOf(cluster), count).CopyTo(data.AsSpan(at));
                at += count;
            }
            files.Add(name, data);
        }
        return files;
    }

    private static void WriteEntry(Span<byte> entry, string name, int cluster, int length)
    {
        const ushort firstOfJanuary2008 = (2008 - 1980) << 9 | 1 << 5 | 1;
        var parts = name.Split('.');
        Encoding.ASCII.GetBytes(parts[0].PadRight(8) + parts[1].PadRight(3), entry);
        entry[11] = ArchiveAttribute;
        BinaryPrimitives.WriteUInt16LittleEndian(entry[24..], firstOfJanuary2008);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[26..], (ushort)cluster);
        BinaryPrimitives.WriteInt32LittleEndian(entry[28..], length);
    }

    private void Link(int cluster, ushort next)
    {
        for (var fat = 0; fat < _fats; fat++)
            BinaryPrimitives.WriteUInt16LittleEndian(_volume.AsSpan(_fatStart + fat * _fatLength + 2 * cluster), next);
    }

    private int DataOf(int cluster) => DataStart + (cluster - FirstCluster) * _clusterLength;

    private ushort Word(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_volume.AsSpan(at));
}
