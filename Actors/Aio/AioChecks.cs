using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>What every kind of storage refuses in the same way, before it does anything.</summary>
internal static class AioChecks
{
    /// <summary>Ok when the request may be tried on this storage, otherwise how it ends.</summary>
    public static AioResult Check(AioRequest request, AioOpened? storage)
    {
        if (storage is null || storage.Result != AioResult.Ok)
            return AioResult.Unavailable;
        switch (request)
        {
            case AioRead read:
                return IsInside(read.Offset, read.Data.Length, storage) ? AioResult.Ok : AioResult.OutOfRange;
            case AioWrite write:
                return !IsInside(write.Offset, write.Data.Length, storage) ? AioResult.OutOfRange
                    : storage.IsReadOnly ? AioResult.ReadOnly : AioResult.Ok;
            case AioUnmap unmap:
                return !IsInside(unmap.Offset, unmap.Length, storage) ? AioResult.OutOfRange
                    : storage.IsReadOnly ? AioResult.ReadOnly
                    : storage.CanUnmap ? AioResult.Ok : AioResult.NotSupported;
            case AioFlush:
                return AioResult.Ok;
            default:
                return AioResult.NotSupported;
        }
    }

    private static bool IsInside(long offset, long length, AioOpened storage) =>
        offset >= 0 && length >= 0 && offset <= storage.Length && length <= storage.Length - offset;
}
