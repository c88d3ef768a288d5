using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Requests;
using Xunit;

namespace ScsiActors.Tests.Machines.Requests;

/// <summary>The queue between clients and storage, call by call.</summary>
public sealed class RequestQueueTests
{
    private readonly RecordedPorts _ports = new();

    [Fact]
    public void Requests_leave_in_order_while_there_is_room_and_the_rest_follow_as_places_become_free()
    {
        var queue = Opened(maxInFlight: 2, maxQueued: 8);
        for (var slot = 0; slot < 4; slot++)
            queue.Handle(Read(slot), "a");
        Assert.Equal(["submit 0.1", "submit 1.1"], _ports.Take());
        queue.Handle(Done(1));
        Assert.Equal(["a: 1.1 Ok", "submit 2.1"], _ports.Take());
        queue.Handle(Done(0));
        Assert.Equal(["a: 0.1 Ok", "submit 3.1"], _ports.Take());
    }

    [Fact]
    public void The_object_a_client_sent_is_the_object_storage_gets()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 1);
        var (first, second) = (Read(0), Read(1));
        queue.Handle(first, "a");
        queue.Handle(second, "a");
        queue.Handle(Done(0));
        Assert.Same(first, _ports.Submitted[0]);
        Assert.Same(second, _ports.Submitted[1]);
    }

    [Fact]
    public void Each_completion_goes_to_the_client_whose_request_it_was()
    {
        var queue = Opened(maxInFlight: 4, maxQueued: 0);
        queue.Handle(Read(0), "a");
        queue.Handle(Read(1), "b");
        _ports.Take();
        queue.Handle(Done(1));
        queue.Handle(Done(0));
        Assert.Equal(["b: 1.1 Ok", "a: 0.1 Ok"], _ports.Take());
    }

    [Fact]
    public void A_request_beyond_the_bound_ends_as_busy_at_once_and_its_slot_can_be_used_again()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 1);
        queue.Handle(Read(0), "a");
        queue.Handle(Read(1), "a");
        queue.Handle(Read(2), "a");
        Assert.Equal(["submit 0.1", "a: 2.1 Busy"], _ports.Take());
        queue.Handle(Done(0));
        queue.Handle(Read(2, generation: 2), "a");
        Assert.Equal(["a: 0.1 Ok", "submit 1.1"], _ports.Take());
        queue.Handle(Done(1));
        Assert.Equal(["a: 1.1 Ok", "submit 2.2"], _ports.Take());
    }

    [Fact]
    public void A_cancel_ends_a_queued_request_at_once_and_leaves_the_others_in_order()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 8);
        for (var slot = 0; slot < 4; slot++)
            queue.Handle(Read(slot), "a");
        _ports.Take();
        queue.Handle(new AioCancel(new AioId(2, 1)));
        Assert.Equal(["a: 2.1 Cancelled"], _ports.Take());
        queue.Handle(Done(0));
        queue.Handle(Done(1));
        queue.Handle(Done(3));
        Assert.Equal(["a: 0.1 Ok", "submit 1.1", "a: 1.1 Ok", "submit 3.1", "a: 3.1 Ok"], _ports.Take());
    }

    [Fact]
    public void A_cancel_of_a_request_in_flight_is_passed_on_and_storage_completes_it()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 1);
        queue.Handle(Read(0), "a");
        _ports.Take();
        queue.Handle(new AioCancel(new AioId(0, 1)));
        Assert.Equal(["cancel 0.1"], _ports.Take());
        queue.Handle(Done(0, result: AioResult.Cancelled));
        Assert.Equal(["a: 0.1 Cancelled"], _ports.Take());
    }

    [Fact]
    public void Late_and_unknown_completions_and_cancels_are_dropped()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 1);
        queue.Handle(Read(0), "a");
        queue.Handle(Read(1), "a");
        _ports.Take();
        queue.Handle(Done(0, generation: 7));
        queue.Handle(Done(1));
        queue.Handle(Done(5));
        queue.Handle(Done(5000));
        queue.Handle(new AioCancel(new AioId(0, 7)));
        queue.Handle(new AioCancel(new AioId(77, 1)));
        queue.Handle(new AioCancel(new AioId(-1, 1)));
        Assert.Empty(_ports.Take());
        queue.Handle(Done(0));
        queue.Handle(Done(0));
        Assert.Equal(["a: 0.1 Ok", "submit 1.1"], _ports.Take());
    }

    [Fact]
    public void A_slot_used_again_before_its_completion_is_a_bug_of_the_client()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 1);
        queue.Handle(Read(0), "a");
        Assert.Throws<InvariantViolatedException>(() => queue.Handle(Read(0, generation: 2), "a"));
    }

    [Fact]
    public void A_flush_waits_for_nothing_and_holds_up_nothing()
    {
        var queue = Opened(maxInFlight: 8, maxQueued: 8);
        queue.Handle(Write(0), "a");
        queue.Handle(new AioFlush(new AioId(1, 1)), "a");
        queue.Handle(Write(2), "a");
        Assert.Equal(["submit 0.1", "submit 1.1", "submit 2.1"], _ports.Take());
    }

    [Fact]
    public void A_flush_never_passes_a_request_that_was_queued_before_it()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 8);
        queue.Handle(Write(0), "a");
        queue.Handle(Write(1), "a");
        queue.Handle(new AioFlush(new AioId(2, 1)), "a");
        queue.Handle(Done(0));
        queue.Handle(Done(1));
        Assert.Equal(["submit 0.1", "a: 0.1 Ok", "submit 1.1", "a: 1.1 Ok", "submit 2.1"], _ports.Take());
    }

    [Fact]
    public void Requests_wait_until_storage_has_opened_and_everybody_who_asked_is_told_what_it_is()
    {
        var queue = new RequestQueue<string>(new RequestQueueSettings(4, 4), _ports);
        queue.Start();
        queue.Handle(AioOpen.Instance, "early");
        queue.Handle(Read(0), "a");
        Assert.Equal(["open"], _ports.Take());
        queue.Handle(Storage);
        queue.Handle(AioOpen.Instance, "late");
        Assert.Equal(["early: opened Ok", "submit 0.1", "late: opened Ok"], _ports.Take());
    }

    [Fact]
    public void Storage_that_cannot_be_opened_leaves_every_request_unavailable()
    {
        var queue = new RequestQueue<string>(new RequestQueueSettings(4, 4), _ports);
        queue.Start();
        queue.Handle(Read(0), "a");
        queue.Handle(AioOpen.Instance, "a");
        queue.Handle(Storage with { Result = AioResult.Unavailable });
        queue.Handle(Read(1), "a");
        Assert.Equal(["open", "a: opened Unavailable", "a: 0.1 Unavailable", "a: 1.1 Unavailable"], _ports.Take());
    }

    [Fact]
    public void A_drain_waits_for_what_was_there_before_it_and_for_nothing_else()
    {
        var queue = Opened(maxInFlight: 1, maxQueued: 8);
        queue.Handle(AioDrain.Instance, "idle");
        Assert.Equal(["idle: drained"], _ports.Take());
        queue.Handle(Read(0), "a");
        queue.Handle(Read(1), "a");
        queue.Handle(AioDrain.Instance, "first");
        queue.Handle(AioDrain.Instance, "second");
        queue.Handle(Read(2), "a");
        queue.Handle(AioDrain.Instance, "third");
        queue.Handle(Done(0));
        Assert.Equal(["submit 0.1", "a: 0.1 Ok", "submit 1.1"], _ports.Take());
        queue.Handle(new AioCancel(new AioId(2, 1)));
        Assert.Equal(["a: 2.1 Cancelled"], _ports.Take());
        queue.Handle(Done(1));
        Assert.Equal(["a: 1.1 Ok", "first: drained", "second: drained", "third: drained"], _ports.Take());
    }

    [Fact]
    public void Storage_that_stops_keeps_the_requests_it_has_until_it_has_let_go_of_their_memory()
    {
        var queue = Opened(maxInFlight: 2, maxQueued: 8);
        for (var slot = 0; slot < 3; slot++)
            queue.Handle(Read(slot), "a");
        queue.Handle(AioDrain.Instance, "a");
        _ports.Take();
        queue.StorageStopped();
        Assert.Equal(["a: 2.1 Unavailable"], _ports.Take());
        queue.Handle(Done(0));
        Assert.Equal(["a: 0.1 Ok"], _ports.Take());
        queue.Handle(AioClosed.Instance);
        Assert.Equal(["a: 1.1 Unavailable", "a: drained"], _ports.Take());
        queue.Handle(Read(4), "a");
        queue.Handle(AioOpen.Instance, "a");
        Assert.Equal(["a: 4.1 Unavailable", "a: opened Unavailable"], _ports.Take());
    }

    [Fact]
    public void Storage_that_stops_before_it_has_opened_has_nothing()
    {
        var queue = new RequestQueue<string>(new RequestQueueSettings(4, 4), _ports);
        queue.Start();
        queue.Handle(Read(0), "a");
        queue.StorageStopped();
        Assert.Equal(["open", "a: 0.1 Unavailable"], _ports.Take());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_request_of_a_random_crowd_completes_once_in_order_and_within_the_bounds(int seed)
    {
        var random = new Random(seed);
        var queue = Opened(maxInFlight: 5, maxQueued: 7);
        var generations = new uint[32];
        var waiting = new List<AioId>();
        var inFlight = new List<AioId>();
        for (var step = 0; step < 20_000; step++)
        {
            var slot = random.Next(generations.Length);
            var id = new AioId(slot, generations[slot]);
            var isOut = waiting.Contains(id) || inFlight.Contains(id);
            switch (random.Next(10))
            {
                case < 4 when !isOut:
                    id = new AioId(slot, ++generations[slot]);
                    queue.Handle(new AioFlush(id), $"client {slot % 3}");
                    waiting.Add(id);
                    break;
                case < 5:
                    queue.Handle(new AioCancel(id));
                    break;
                case < 9 when inFlight.Count > 0:
                    var completed = inFlight[random.Next(inFlight.Count)];
                    queue.Handle(new AioCompleted(completed, AioResult.Ok, 0));
                    break;
                case 9:
                    queue.Handle(new AioCompleted(new AioId(slot, generations[slot] + 1), AioResult.Ok, 0));
                    break;
            }
            Follow(_ports.Take(), waiting, inFlight, seed);
            Assert.Equal((waiting.Count, inFlight.Count), (queue.Queued, queue.InFlight));
            Assert.True(inFlight.Count <= 5 && waiting.Count <= 7, $"seed {seed}");
        }
    }

    private static void Follow(string[] calls, List<AioId> waiting, List<AioId> inFlight, int seed)
    {
        foreach (var call in calls)
        {
            var words = call.Split(' ');
            if (words[0] == "submit")
            {
                Assert.True(waiting[0].ToString() == words[1], $"seed {seed}: {call}, but {waiting[0]} came first");
                inFlight.Add(waiting[0]);
                waiting.RemoveAt(0);
            }
            else if (words[0] == "client")
            {
                var id = words[2];
                Assert.Equal($"{int.Parse(id.Split('.')[0]) % 3}:", words[1]);
                Assert.Equal(1, waiting.RemoveAll(other => other.ToString() == id) + inFlight.RemoveAll(other => other.ToString() == id));
            }
        }
    }

    private static AioOpened Storage { get; } = new(AioResult.Ok, 1 << 20, IsReadOnly: false, CanUnmap: false, "test");

    private RequestQueue<string> Opened(int maxInFlight, int maxQueued)
    {
        var queue = new RequestQueue<string>(new RequestQueueSettings(maxInFlight, maxQueued), _ports);
        queue.Start();
        queue.Handle(Storage);
        _ports.Take();
        return queue;
    }

    private static AioRead Read(int slot, uint generation = 1) => new(new AioId(slot, generation), 0, default);

    private static AioWrite Write(int slot) => new(new AioId(slot, 1), 0, default);

    private static AioCompleted Done(int slot, uint generation = 1, AioResult result = AioResult.Ok) => new(new AioId(slot, generation), result, 0);

    /// <summary>Writes down what the queue does.</summary>
    private sealed class RecordedPorts : IRequestQueuePorts<string>
    {
        private readonly List<string> _calls = [];

        public List<AioRequest> Submitted { get; } = [];

        public string[] Take()
        {
            string[] calls = [.. _calls];
            _calls.Clear();
            return calls;
        }

        public void Open(AioOpen open) => _calls.Add("open");

        public void Submit(AioRequest request)
        {
            Submitted.Add(request);
            _calls.Add($"submit {request.Id}");
        }

        public void Cancel(AioCancel cancel) => _calls.Add($"cancel {cancel.Id}");

        public void Complete(string client, AioCompleted completed) => _calls.Add($"{client}: {completed.Id} {completed.Result}");

        public void Opened(string client, AioOpened opened) => _calls.Add($"{client}: opened {opened.Result}");

        public void Drained(string client, AioDrained drained) => _calls.Add($"{client}: drained");
    }
}
