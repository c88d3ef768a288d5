using ScsiActors.Aio.IoUring;
using ScsiActors.Aio.Simulated;

namespace ScsiActors.Aio;

/// <summary>Makes the storage that was configured.</summary>
internal static class AioBackends
{
    /// <summary>The backend; nothing is opened yet.</summary>
    public static IAioBackend Create(AioSettings settings, IAioBackendPorts ports) => settings.Backend switch
    {
        AioBackendKind.Null => new NullBackend(settings.Size, ports),
        AioBackendKind.Memory => new MemoryBackend(settings.Size, settings.MaxAllocated, ports),
        AioBackendKind.Simulated => new SimulatedDisk(settings.Simulated, settings.Size, settings.MaxAllocated, ports),
        _ => CreateFile(settings.File, settings.Size, ports),
    };

    private static IAioBackend CreateFile(AioFileSettings file, long size, IAioBackendPorts ports)
    {
        if (file.Engine != AioFileEngine.ThreadPool)
        {
            if (IoUringFileBackend.TryCreate(file, size, ports, out var reason) is { } backend)
                return backend;
            ports.Warn($"{file.Path}: through the thread pool, because {reason}");
        }
        return new ThreadPoolFileBackend(file, size, ports);
    }
}
