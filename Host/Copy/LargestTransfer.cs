using System.Buffers.Binary;
using ScsiActors.Host.Session;

namespace ScsiActors.Host.Copy;

/// <summary>The most blocks that a logical unit takes in one command: the block limits page's MAXIMUM TRANSFER LENGTH (SBC-3).</summary>
internal static class LargestTransfer
{
    private const byte BlockLimits = 0xB0;
    private const byte PageLength = 64;
    private const int MaximumTransferLength = 8;

    /// <summary>The limit in blocks; <see cref="int.MaxValue"/> when there is none.</summary>
    public static async Task<int> OfAsync(Initiator initiator, int target, CancellationToken cancellation)
    {
        var (page, _) = await initiator.InquireAsync(target, Cdbs.Inquiry(BlockLimits, PageLength), PageLength, cancellation);
        if (page is not { Length: >= MaximumTransferLength + sizeof(uint) })
            return int.MaxValue;
        var limit = BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(MaximumTransferLength));
        return limit is 0 or > int.MaxValue ? int.MaxValue : (int)limit;
    }
}
