using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ScsiActors.Lsi53c895a;

/// <summary>Carries out the effects that registers have beyond storing bits.</summary>
internal interface IRegisterEffects
{
    /// <summary>The value a read returns, after what the read does; <paramref name="stored"/> is the stored byte.</summary>
    byte Read(RegisterEffect effect, int offset, byte stored);

    /// <summary>What a write does; the writable bits are stored already, <paramref name="previous"/> is what they replaced.</summary>
    void Written(RegisterEffect effect, byte value, byte previous, bool fromScripts);
}

/// <summary>The operating registers as bytes: storage by <see cref="RegisterMap"/>, and a splitter that makes every access the matching byte
/// accesses in ascending order.</summary>
internal sealed class RegisterFile
{
    private readonly byte[] _bytes = new byte[RegisterMap.Size];
    private IRegisterEffects? _effects;

    public RegisterFile() => Reset();

    /// <summary>Says who carries out effects; once, before any access.</summary>
    public void Attach(IRegisterEffects effects) => _effects = effects;

    public void Reset() => RegisterMap.Reset.CopyTo(_bytes, 0);

    /// <summary>The stored byte, without effects.</summary>
    public ref byte this[int offset] => ref _bytes[offset];

    /// <summary>The stored dword at an offset, without effects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Get(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    /// <summary>Stores a dword, without effects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), value);

    /// <summary>The low 24 bits at an offset.</summary>
    public uint Get24(int offset) => Get(offset) & 0xFF_FFFF;

    /// <summary>Stores 24 bits and leaves the byte above alone.</summary>
    public void Set24(int offset, uint value) => Set(offset, Get(offset) & 0xFF00_0000 | value & 0xFF_FFFF);

    public bool Has(int offset, byte bits) => (_bytes[offset] & bits) != 0;

    public void Raise(int offset, byte bits) => _bytes[offset] |= bits;

    public void Clear(int offset, byte bits) => _bytes[offset] &= (byte)~bits;

    /// <summary>Reads one register byte as the CPU or SCRIPTS do.</summary>
    public byte ReadByte(int offset)
    {
        var effect = RegisterMap.ReadEffect[offset];
        return effect == RegisterEffect.None ? _bytes[offset] : _effects!.Read(effect, offset, _bytes[offset]);
    }

    /// <summary>Writes one register byte as the CPU or SCRIPTS do.</summary>
    public void WriteByte(int offset, byte value, bool fromScripts)
    {
        var previous = _bytes[offset];
        var writable = RegisterMap.Writable[offset];
        _bytes[offset] = (byte)(previous & ~writable | value & writable);
        var effect = RegisterMap.WriteEffect[offset];
        if (effect != RegisterEffect.None)
            _effects!.Written(effect, value, previous, fromScripts);
    }

    /// <summary>Fills <paramref name="destination"/> from consecutive registers; offsets wrap within the register file.</summary>
    public void Read(int offset, Span<byte> destination)
    {
        if (destination.Length == sizeof(uint) && IsPlain(RegisterMap.PlainReads, offset))
        {
            _bytes.AsSpan(offset, sizeof(uint)).CopyTo(destination);
            return;
        }
        for (var i = 0; i < destination.Length; i++)
            destination[i] = ReadByte(offset + i & RegisterMap.Size - 1);
    }

    /// <summary>Writes consecutive registers; offsets wrap within the register file.</summary>
    public void Write(int offset, ReadOnlySpan<byte> source, bool fromScripts)
    {
        if (source.Length == sizeof(uint) && IsPlain(RegisterMap.PlainWrites, offset))
        {
            source.CopyTo(_bytes.AsSpan(offset));
            return;
        }
        for (var i = 0; i < source.Length; i++)
            WriteByte(offset + i & RegisterMap.Size - 1, source[i], fromScripts);
    }

    /// <summary>True when the aligned dword at an offset can be stored, or fetched, without effects.</summary>
    public bool IsPlain(int offset, bool forWriting) => IsPlain(forWriting ? RegisterMap.PlainWrites : RegisterMap.PlainReads, offset);

    private static bool IsPlain(ulong plain, int offset) => (offset & 3) == 0 && (plain >> (offset >> 2) & 1) != 0;
}
