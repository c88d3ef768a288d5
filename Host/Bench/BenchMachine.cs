using System.Runtime.InteropServices;

namespace ScsiActors.Host.Bench;

/// <summary>Where a bench ran.</summary>
/// <param name="Processors">Logical processors.</param>
/// <param name="OperatingSystem">Its name.</param>
/// <param name="Architecture">X64, Arm64.</param>
/// <param name="Runtime">The .NET runtime.</param>
internal sealed record BenchMachine(int Processors, string OperatingSystem, string Architecture, string Runtime)
{
    /// <summary>This one.</summary>
    public static BenchMachine This { get; } = new(Environment.ProcessorCount, RuntimeInformation.OSDescription,
        RuntimeInformation.OSArchitecture.ToString(), RuntimeInformation.FrameworkDescription);
}
