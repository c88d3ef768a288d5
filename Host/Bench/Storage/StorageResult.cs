namespace ScsiActors.Host.Bench.Storage;

/// <summary>What a bench has found so far.</summary>
internal sealed class StorageResult
{
    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The rows measured.</summary>
    public StorageRows Rows { get; } = [];

    /// <summary>The backends that could not be measured.</summary>
    public List<SkippedBackend> Skipped { get; } = [];

    /// <summary>Where the temporary disks are, or were.</summary>
    public List<string> TemporaryFiles { get; } = [];

    /// <summary>Bytes that were compared with what was written; null when that was not asked for.</summary>
    public long? BytesVerified { get; set; }

    /// <summary>What has become of the fault rules; null without rules.</summary>
    public string? FaultReport { get; set; }

    /// <summary>True when every row that was begun came to a good end.</summary>
    public bool IsGood => !Rows.Exists(static row => row.Result.Error is not null);
}
