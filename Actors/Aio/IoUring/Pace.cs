using System.Diagnostics;

namespace ScsiActors.Aio.IoUring;

/// <summary>Decides between looking again and sleeping. To sleep and be woken takes two switches of threads, more than a fast request takes in all;
/// to look again in vain takes a processor. So it looks again for a while, as long as completions have lately come within that while.</summary>
/// <param name="pollFor">The while; zero never looks again.</param>
internal struct Pace(TimeSpan pollFor)
{
    private const int Weight = 8;
    private const int LongestSample = 4;

    private readonly long _budget = (long)(pollFor.TotalSeconds * Stopwatch.Frequency);
    private long _since;
    private long _gap;
    private bool _isResting = true;

    /// <summary>Nothing is in flight.</summary>
    public void Rest() => _isResting = true;

    /// <summary>True when it is better to look again than to sleep.</summary>
    /// <param name="gotSome">True when completions were found just now.</param>
    public bool ShouldPoll(bool gotSome)
    {
        var now = Stopwatch.GetTimestamp();
        if (gotSome && !_isResting)
            _gap += (Math.Min(now - _since, LongestSample * _budget) - _gap) / Weight;
        if (gotSome || _isResting)
        {
            _since = now;
            _isResting = false;
        }
        if (_gap >= _budget || now - _since >= _budget)
            return false;
        // The completion may need this very processor: the kernel's own threads finish some requests.
        if (!gotSome)
            Thread.Yield();
        return true;
    }
}
