using ScsiActors.Host.Bench;
using ScsiActors.Host.Session;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Copy;

/// <summary>One piece of a copy.</summary>
/// <param name="Block">Its first block.</param>
/// <param name="Blocks">How many.</param>
/// <param name="Form">The form of its READ and WRITE.</param>
/// <param name="Attribute">Their task attribute.</param>
internal readonly record struct Chunk(long Block, int Blocks, TransferForm Form, TaskAttribute Attribute);

/// <summary>Cuts a medium into pieces of mixed sizes, commands and tags, as a seed decides. Safe to use from any thread.</summary>
/// <param name="blocks">Blocks of the medium.</param>
/// <param name="largest">The most blocks a piece may have.</param>
/// <param name="seed">Decides the mix.</param>
internal sealed class ChunkMix(long blocks, int largest, ulong seed)
{
    private static readonly int[] Sizes = [1, 3, 8, 32, 127, 128, 255, 256, 512, 512];
    private static readonly TransferForm[] Forms = [TransferForm.Six, TransferForm.Ten, TransferForm.Twelve, TransferForm.Sixteen];
    private const int OrderedOneIn = 64;
    private const int HeadOfQueueOneIn = 128;

    private readonly Lock _lock = new();
    private SplitMix _random = new(seed);
    private long _next;

    /// <summary>The largest piece that any mix has, in blocks.</summary>
    public static int Largest => Sizes[^1];

    /// <summary>The next piece; false at the end of the medium.</summary>
    public bool TryTake(out Chunk chunk)
    {
        lock (_lock)
        {
            var size = (int)Math.Min(Math.Min(Sizes[_random.Below(Sizes.Length)], largest), blocks - _next);
            var form = Forms[_random.Below(Forms.Length)];
            var attribute = _random.Below(HeadOfQueueOneIn) == 0 ? TaskAttribute.HeadOfQueue
                : _random.Below(OrderedOneIn) == 0 ? TaskAttribute.Ordered
                : TaskAttribute.Simple;
            chunk = new Chunk(_next, size, form, attribute);
            _next += size;
            return size > 0;
        }
    }
}
