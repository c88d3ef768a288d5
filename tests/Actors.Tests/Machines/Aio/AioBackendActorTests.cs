using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ScsiActors.Aio;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Requests;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio;

/// <summary>Storage and its queue as actors: who is told what, and when.</summary>
[Collection("storage")]
public sealed class AioBackendActorTests : TestKit
{
    public AioBackendActorTests() : base(ScsiSubsystem.DefaultConfig)
    {
    }

    [Fact]
    public void Requests_that_wait_together_are_one_batch()
    {
        var storage = new PassiveStorage();
        var backend = ActorOf(storage.Props().WithDispatcher(ScsiSubsystem.DispatcherId));
        var burst = ActorOf(Props.Create(() => new Burst(backend, TestActor)).WithDispatcher(ScsiSubsystem.DispatcherId));
        burst.Tell(10);
        for (var i = 0; i < 10; i++)
            ExpectMsg<AioCompleted>();
        Assert.Equal([10], storage.Batches);
        burst.Tell(3);
        for (var i = 0; i < 3; i++)
            ExpectMsg<AioCompleted>();
        Assert.Equal([10, 3], storage.Batches);
    }

    [Fact]
    public void The_sender_of_a_request_gets_its_completion()
    {
        var backend = ActorOf(AioBackendActor.Props(Memory));
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        first.Send(backend, AioOpen.Instance);
        Assert.Equal(1 << 20, first.ExpectMsg<AioOpened>().Length);
        first.Send(backend, new AioFlush(new AioId(0, 1)));
        second.Send(backend, new AioFlush(new AioId(1, 1)));
        Assert.Equal(new AioCompleted(new AioId(0, 1), AioResult.Ok, 0), first.ExpectMsg<AioCompleted>());
        Assert.Equal(new AioCompleted(new AioId(1, 1), AioResult.Ok, 0), second.ExpectMsg<AioCompleted>());
    }

    [Fact]
    public void Storage_tells_how_many_requests_it_has_and_the_most_it_had_since_it_was_asked()
    {
        var backend = ActorOf(new PassiveStorage { CompletesAtClose = true }.Props());
        backend.Tell(new AioFlush(new AioId(0, 1)));
        backend.Tell(new AioFlush(new AioId(1, 1)));
        backend.Tell(AioInspect.Instance);
        Assert.Equal(new AioInspected(InFlight: 2, Most: 2), ExpectMsg<AioInspected>());

        var memory = ActorOf(AioBackendActor.Props(Memory));
        memory.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        memory.Tell(new AioFlush(new AioId(0, 1)));
        ExpectMsg<AioCompleted>();
        memory.Tell(AioInspect.Instance);
        Assert.Equal(new AioInspected(InFlight: 0, Most: 1), ExpectMsg<AioInspected>());
        memory.Tell(AioInspect.Instance);
        Assert.Equal(new AioInspected(InFlight: 0, Most: 0), ExpectMsg<AioInspected>());
    }

    [Fact]
    public void Storage_that_is_stopped_answers_what_it_was_given_and_then_says_that_it_is_closed()
    {
        var backend = ActorOf(new PassiveStorage { CompletesAtClose = true }.Props());
        backend.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        backend.Tell(new AioFlush(new AioId(3, 1)));
        backend.Tell(PoisonPill.Instance);
        Assert.Equal(new AioCompleted(new AioId(3, 1), AioResult.Cancelled, 0), ExpectMsg<AioCompleted>());
        ExpectMsg<AioClosed>();
    }

    [Fact]
    public void What_storage_forgets_to_answer_is_unavailable_when_it_has_closed()
    {
        var backend = ActorOf(new PassiveStorage { Forgets = true }.Props());
        backend.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        backend.Tell(new AioFlush(new AioId(3, 1)));
        backend.Tell(PoisonPill.Instance);
        Assert.Equal(new AioCompleted(new AioId(3, 1), AioResult.Unavailable, 0), ExpectMsg<AioCompleted>());
        ExpectMsg<AioClosed>();
    }

    [Fact]
    public void Storage_that_failed_stays_unavailable_because_nobody_knows_what_it_holds()
    {
        var backend = ActorOf(AioBackendActor.Props(Memory));
        backend.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        EventFilter.Exception<InvariantViolatedException>().ExpectOne(() => backend.Tell(new AioFlush(new AioId(-1, 1))));
        ExpectMsg<AioClosed>();
        backend.Tell(AioOpen.Instance);
        Assert.Equal(AioResult.Unavailable, ExpectMsg<AioOpened>().Result);
        backend.Tell(new AioFlush(new AioId(0, 1)));
        Assert.Equal(AioResult.Unavailable, ExpectMsg<AioCompleted>().Result);
    }

    [Fact]
    public void A_queue_carries_requests_to_storage_and_completions_to_clients()
    {
        var queue = ActorOf(RequestQueueActor.Props(new RequestQueueSettings(4, 4), ActorOf(AioBackendActor.Props(Memory))));
        queue.Tell(AioOpen.Instance);
        Assert.Equal(AioResult.Ok, ExpectMsg<AioOpened>().Result);
        var data = BackendContractTests.Bytes(512);
        queue.Tell(new AioWrite(new AioId(0, 1), 512, new ScatterGatherList(data)));
        Assert.Equal(new AioCompleted(new AioId(0, 1), AioResult.Ok, 512), ExpectMsg<AioCompleted>());
        var target = new byte[512];
        queue.Tell(new AioRead(new AioId(0, 2), 512, new ScatterGatherList(target)));
        queue.Tell(AioDrain.Instance);
        Assert.Equal(new AioCompleted(new AioId(0, 2), AioResult.Ok, 512), ExpectMsg<AioCompleted>());
        ExpectMsg<AioDrained>();
        Assert.Equal(data, target);
    }

    [Fact]
    public void A_queue_outlives_its_storage_and_answers_unavailable()
    {
        var backend = ActorOf(new PassiveStorage { CompletesAtClose = true }.Props());
        var queue = ActorOf(RequestQueueActor.Props(new RequestQueueSettings(1, 4), backend));
        queue.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        queue.Tell(new AioFlush(new AioId(0, 1)));
        queue.Tell(new AioFlush(new AioId(1, 1)));
        Watch(backend);
        backend.Tell(PoisonPill.Instance);
        var results = new Dictionary<AioId, AioResult>();
        for (var i = 0; i < 3; i++)
        {
            if (ExpectMsg<object>() is AioCompleted completed)
                results.Add(completed.Id, completed.Result);
        }
        Assert.Equal(2, results.Count);
        Assert.Equal(AioResult.Unavailable, results[new AioId(1, 1)]);
        queue.Tell(new AioFlush(new AioId(0, 2)));
        Assert.Equal(AioResult.Unavailable, ExpectMsg<AioCompleted>().Result);
    }

    [Theory]
    [InlineData("io-uring")]
    [InlineData("thread-pool")]
    public void A_file_is_written_and_read_through_the_actors_as_configured(string engine)
    {
        var path = Path.Combine(Path.GetTempPath(), $"scsi-actors-{Guid.NewGuid():N}.img");
        try
        {
            var config = ConfigurationFactory.ParseString(
                $$"""scsi-actors.aio { backend = file, size = 1 MiB, file { path = "{{path}}", create = on, engine = {{engine}} } }""");
            var settings = AioSettings.From(config.WithFallback(ScsiSubsystem.DefaultConfig).GetConfig("scsi-actors.aio")!);
            var queue = ActorOf(RequestQueueActor.Props(new RequestQueueSettings(8, 64), ActorOf(AioBackendActor.Props(settings))));
            var data = BackendContractTests.Bytes(4096);
            for (var i = 0; i < 64; i++)
                queue.Tell(new AioWrite(new AioId(i, 1), i * 4096, new ScatterGatherList(data), WriteThrough: i == 63));
            for (var i = 0; i < 64; i++)
                DrivenStorage.AssertOk(ExpectMsg<AioCompleted>(), 4096);
            var target = new byte[4096];
            queue.Tell(new AioRead(new AioId(0, 2), 17 * 4096, new ScatterGatherList(target)));
            DrivenStorage.AssertOk(ExpectMsg<AioCompleted>(), 4096);
            Assert.Equal(data, target);
            Assert.Equal(1 << 20, new FileInfo(path).Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_null_backend_may_be_written_with_and_without_quotes()
    {
        foreach (var word in new[] { "null", "\"null\"" })
        {
            var config = ConfigurationFactory.ParseString($"scsi-actors.aio.backend = {word}").WithFallback(ScsiSubsystem.DefaultConfig);
            Assert.Equal(AioBackendKind.Null, AioSettings.From(config.GetConfig("scsi-actors.aio")!).Backend);
        }
    }

    [Theory]
    [InlineData("backend = tape", "tape")]
    [InlineData("size = 0", "size")]
    [InlineData("backend = file", "path")]
    [InlineData("file.workers = 0", "workers")]
    [InlineData("file.bounce-length = 10000", "bounce-length")]
    [InlineData("file.engine = steam", "steam")]
    public void A_setting_that_makes_no_sense_is_named(string setting, string named)
    {
        var config = ConfigurationFactory.ParseString($"scsi-actors.aio {{ {setting} }}").WithFallback(ScsiSubsystem.DefaultConfig);
        var error = Assert.Throws<ConfigurationException>(() => AioSettings.From(config.GetConfig("scsi-actors.aio")!));
        Assert.Contains(named, error.Message);
    }

    private static AioSettings Memory { get; } = AioSettings.From(
        ConfigurationFactory.ParseString("scsi-actors.aio { backend = memory, size = 1 MiB }").WithFallback(ScsiSubsystem.DefaultConfig)
            .GetConfig("scsi-actors.aio")!);

    /// <summary>Sends as many requests as it is told to, in one turn.</summary>
    private sealed class Burst(IActorRef backend, IActorRef client) : UntypedActor
    {
        private uint _generation;

        protected override void OnReceive(object message)
        {
            _generation++;
            for (var slot = 0; slot < (int)message; slot++)
                backend.Tell(new AioFlush(new AioId(slot, _generation)), client);
        }
    }

    /// <summary>Completes a batch when it ends, or when it is told to close, or never.</summary>
    private sealed class PassiveStorage : IAioBackend
    {
        private readonly List<AioId> _batch = [];
        private IAioBackendPorts? _ports;

        public bool CompletesAtClose { get; init; }

        public bool Forgets { get; init; }

        public List<int> Batches { get; } = [];

        public bool IsBatched => true;

        public Props Props() => AioBackendActor.Props(ports =>
        {
            _ports = ports;
            return this;
        });

        public void Open() => _ports!.Opened(new AioOpened(AioResult.Ok, 1 << 20, IsReadOnly: false, CanUnmap: false, "passive"));

        public void Submit(AioRequest request) => _batch.Add(request.Id);

        public void EndOfBatch()
        {
            if (CompletesAtClose || Forgets)
                return;
            Batches.Add(_batch.Count);
            Complete(AioResult.Ok);
        }

        public void Cancel(AioId id)
        {
        }

        public void Reap()
        {
        }

        public void Close()
        {
            if (!Forgets)
                Complete(AioResult.Cancelled);
            _ports!.Closed();
        }

        private void Complete(AioResult result)
        {
            foreach (var id in _batch)
                _ports!.Completed(new AioCompleted(id, result, 0));
            _batch.Clear();
        }
    }
}
