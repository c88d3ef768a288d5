using System.Diagnostics;
using System.Text;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>The built Host as a process, as a user starts it.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    /// <summary>Where the Host was built to.</summary>
    public static readonly string HostPath = Path.Combine(AppContext.BaseDirectory, "ScsiActors.Host.dll");

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly string? _awaited;
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(string folder, string? awaited, string[] arguments, bool hasInput = false)
    {
        _awaited = awaited;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [HostPath, .. arguments])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = hasInput,
                Environment = { ["TMPDIR"] = folder, ["CI"] = "true" },
            },
        };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Runs the Host in <paramref name="folder"/>, which is its folder for temporary files too, to its end.</summary>
    public static async Task<HostResult> RunAsync(ITestOutputHelper output, string folder, params string[] arguments)
    {
        using var host = new HostProcess(folder, null, arguments);
        return await host.EndAsync(output);
    }

    /// <summary>Runs the Host with lines on its standard input, which then ends.</summary>
    public static async Task<HostResult> RunWithInputAsync(ITestOutputHelper output, string folder, string input, params string[] arguments)
    {
        using var host = new HostProcess(folder, null, arguments, hasInput: true);
        await host._process.StandardInput.WriteAsync(input);
        host._process.StandardInput.Close();
        return await host.EndAsync(output);
    }

    /// <summary>Starts the Host with a standard input that does not end; otherwise as <see cref="Start"/>.</summary>
    public static HostProcess StartWithInput(string folder, string awaited, params string[] arguments) => new(folder, awaited, arguments, hasInput: true);

    /// <summary>Starts the Host; <see cref="SeenAsync"/> waits for an output that has <paramref name="awaited"/> in it.</summary>
    public static HostProcess Start(string folder, string awaited, params string[] arguments) => new(folder, awaited, arguments);

    /// <summary>Types a line.</summary>
    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the awaited output has come.</summary>
    public Task SeenAsync() => _seen.Task.WaitAsync(Patience);

    /// <summary>Ctrl-C.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end, and shows what the process wrote.</summary>
    public async Task<HostResult> EndAsync(ITestOutputHelper output)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        var result = new HostResult(_process.ExitCode, _output.ToString(), _error.ToString());
        var line = string.Join(' ', _process.StartInfo.ArgumentList.Skip(1));
        output.WriteLine($"scsi-actors {line}\n{result.Output}{result.Error}exit code {result.ExitCode}\n");
        return result;
    }

    /// <summary>Ends the process where a test gave up on it.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Append(StringBuilder to, string? line)
    {
        if (line is null)
            return;
        lock (to)
            to.AppendLine(line);
        if (_awaited is not null && line.Contains(_awaited, StringComparison.Ordinal))
            _seen.TrySetResult();
    }
}

/// <summary>How a run of the Host ended.</summary>
internal sealed record HostResult(int ExitCode, string Output, string Error);
