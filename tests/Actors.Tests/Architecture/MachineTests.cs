using Mono.Cecil;
using Xunit;

namespace ScsiActors.Tests.Architecture;

/// <summary>Machines are plain; actors are thin shells around them that never wait.</summary>
public sealed class MachineTests
{
    private static readonly string[] Waiting = ["Ask", "ReceiveAsync", "ReceiveAnyAsync", "RunTask", "PipeTo"];

    [Fact]
    public void Machines_use_no_clock_randomness_thread_lock_task_log_or_actor_library() =>
        Expect.None(CodeBase.TypesOf(CodeBase.Actors).Where(MachineRules.IsMachine).SelectMany(MachineRules.Violations));

    [Theory]
    [InlineData(nameof(Fixtures.MachineWithAClock))]
    [InlineData(nameof(Fixtures.MachineWithALock))]
    [InlineData(nameof(Fixtures.MachineThatAwaits))]
    [InlineData(nameof(Fixtures.MachineThatKnowsActors))]
    [InlineData(nameof(Fixtures.MachineWithDice))]
    public void A_machine_that_breaks_the_rule_is_found(string name) => Assert.NotEmpty(MachineRules.Violations(Fixture(name)));

    [Fact]
    public void The_exceptions_from_the_rule_for_machines_still_exist() => Expect.None(MachineRules.StaleExceptions(CodeBase.Actors));

    [Fact]
    public void Most_types_are_machines()
    {
        // So that the rule cannot become empty by a change of folders.
        var machines = CodeBase.TypesOf(CodeBase.Actors).Where(MachineRules.IsMachine).Select(static type => type.FullName).ToList();
        Assert.Contains("ScsiActors.Scsi.LogicalUnit", machines);
        Assert.Contains("ScsiActors.Scsi.TaskSet", machines);
        Assert.True(machines.Count > 30, $"only {machines.Count} machines were found");
    }

    [Fact]
    public void Actors_neither_ask_nor_await() =>
        Expect.None(CodeBase.TypesOf(CodeBase.Actors).Where(CodeBase.IsActor).SelectMany(Waits));

    [Fact]
    public void An_actor_that_asks_or_awaits_is_found()
    {
        Assert.True(CodeBase.IsActor(Fixture(nameof(Fixtures.ActorThatAsks))));
        Assert.Equal(2, Waits(Fixture(nameof(Fixtures.ActorThatAsks))).Select(static text => text.Split(' ')[1]).Distinct().Count());
    }

    [Fact]
    public void An_actor_is_called_Actor_and_is_sealed() => Expect.None(CodeBase.TypesOf(CodeBase.Actors)
        .Where(type => CodeBase.IsActor(type) && !(type.IsSealed && type.Name.EndsWith("Actor", StringComparison.Ordinal)))
        .Select(static type => $"{type.FullName} is an actor, but not a sealed class whose name ends in Actor"));

    internal static TypeDefinition Fixture(string name) =>
        CodeBase.Tests.Types.Single(type => type.Name == nameof(Fixtures)).NestedTypes.Single(type => type.Name == name);

    private static IEnumerable<string> Waits(TypeDefinition actor)
    {
        foreach (var (user, mentioned, member) in Dependencies.Of(actor))
        {
            if (member is not null && Waiting.Contains(member) && mentioned.Namespace.StartsWith("Akka", StringComparison.Ordinal))
                yield return $"{user} calls-{member} of the actor library: an actor never waits, a completion is a message";
            if (mentioned.FullName == "System.Runtime.CompilerServices.AsyncStateMachineAttribute")
                yield return $"{user} is-async: an actor never waits, a completion is a message";
        }
    }
}
