using Akka.Actor;
using ScsiActors.Host.Output;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Session;

/// <summary>An application client at the edge of the actor system: sends commands to the direct port and awaits their answers.</summary>
/// <remarks>Any number of commands may be on the way at once.</remarks>
/// <param name="port">The direct port.</param>
internal sealed class Initiator(IActorRef port)
{
    private const int Retries = 100;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(10);

    private long _lastId;

    /// <summary>Executes one command; takes care of unit attentions, which report events and not errors (SAM-5 5.14), and waits while the
    /// logical unit is busy.</summary>
    public async Task<CommandExecuted> ExecuteAsync(
        int target, Cdb cdb, DataDirection direction, Memory<byte> data, CancellationToken cancellation,
        TaskAttribute attribute = TaskAttribute.Simple)
    {
        for (var attempt = 0; ; attempt++)
        {
            var command = new ExecuteCommand((ulong)Interlocked.Increment(ref _lastId), target, Lun.Zero, cdb, direction, data, attribute);
            var answer = await port.Ask<CommandExecuted>(command, Timeout.InfiniteTimeSpan, cancellation);
            if (attempt == Retries || !IsWorthRepeating(answer))
                return answer;
            if (answer.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull)
                await Task.Delay(BusyPause, cancellation);
        }
    }

    /// <summary>Executes one command that must end well and move all its data.</summary>
    /// <exception cref="RunFailedException">It did not; the message has command, status and sense data in words.</exception>
    public async Task RequireAsync(
        int target, Cdb cdb, DataDirection direction, Memory<byte> data, CancellationToken cancellation,
        TaskAttribute attribute = TaskAttribute.Simple)
    {
        var answer = await ExecuteAsync(target, cdb, direction, data, cancellation, attribute);
        if (!answer.IsGood)
            throw new RunFailedException($"{CommandText.Name(cdb)}: {CommandText.Outcome(answer)}");
        if (answer.Residual != 0)
            throw new RunFailedException($"{CommandText.Name(cdb)}: ended well, but {answer.Residual} of {data.Length} bytes were not moved");
    }

    /// <summary>Executes a command whose answer may be shorter than asked for; the data is null when the logical unit refuses.</summary>
    public async Task<(byte[]? Data, CommandExecuted Answer)> InquireAsync(int target, Cdb cdb, int length, CancellationToken cancellation)
    {
        var data = new byte[length];
        var answer = await ExecuteAsync(target, cdb, DataDirection.In, data, cancellation);
        return (answer.IsGood ? data[..(int)(length - answer.Residual)] : null, answer);
    }

    /// <summary>Blocks and their length, by READ CAPACITY(16).</summary>
    /// <exception cref="RunFailedException">The logical unit does not say.</exception>
    public async Task<Capacity> ReadCapacityAsync(int target, CancellationToken cancellation)
    {
        var (data, answer) = await InquireAsync(target, Cdbs.ReadCapacity16(Capacity.Length), Capacity.Length, cancellation);
        return data is { Length: Capacity.Length }
            ? Capacity.Read(data)
            : throw new RunFailedException($"READ CAPACITY(16): {CommandText.Outcome(answer)}");
    }

    private static bool IsWorthRepeating(CommandExecuted answer) => answer.Outcome == CommandOutcome.Complete
        && (answer.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull
            || answer.Sense is { Key: SenseKey.UnitAttention });
}
