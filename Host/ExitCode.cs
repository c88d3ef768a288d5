namespace ScsiActors.Host;

/// <summary>What the end of a run means to a script.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Ok = 0;

    /// <summary>The run failed: an I/O error, a verification that found a difference, a row that could not be measured.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM (128 + 15).</summary>
    public const int Terminated = 143;
}

/// <summary>The command line or the configuration is wrong; the message says where and what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The run failed; the message says what and where.</summary>
internal sealed class RunFailedException(string message) : Exception(message);
