using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Names, paths, references and selections.</summary>
public sealed class PathTests : EngineSpec
{
    [Fact]
    public void A_path_names_the_system_the_guardian_and_the_ancestors()
    {
        IActorRef parent = Actor((c, _) => c.Sender.Tell(c.ActorOf(FunctionActor.Props((_, _) => { }), "child")), "parent");
        parent.Tell("child, please");
        IActorRef child = ExpectMsg<IActorRef>();
        Assert.Equal("akka://test/user/parent/child", child.Path.ToString());
        Assert.Equal("/user/parent/child", child.Path.ToStringWithoutAddress());
        Assert.Equal(("child", "parent"), (child.Path.Name, child.Path.Parent.Name));
        Assert.Equal(parent.Path / "child", child.Path);
        Assert.Equal(["user", "parent", "child"], child.Path.Elements);
    }

    [Theory]
    [InlineData("$mine")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public void A_name_of_other_characters_than_allowed_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Props.Empty, name));

    [Fact]
    public void A_name_is_unique_among_siblings_while_its_actor_lives()
    {
        IActorRef first = Actor((_, _) => { }, "only-one");
        Assert.Throws<InvalidActorNameException>(() => Actor((_, _) => { }, "only-one"));
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        AwaitAssert(() => Actor((_, _) => { }, "only-one"), interval: TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void Actors_without_a_name_are_numbered_by_their_parent()
    {
        IActorRef parent = Actor((c, _) =>
        {
            for (int i = 0; i < 3; i++) TestActor.Tell(c.ActorOf(FunctionActor.Props((_, _) => { })).Path.Name);
        });
        parent.Tell("go");
        ExpectMsg("$a");
        ExpectMsg("$b");
        ExpectMsg("$c");
    }

    [Fact]
    public void A_new_actor_under_an_old_name_is_another_reference()
    {
        var refs = new List<IActorRef>();
        IActorRef parent = Actor((c, m) =>
        {
            switch (m)
            {
                case "make":
                    refs.Add(c.ActorOf(FunctionActor.Props((_, x) => TestActor.Tell(x)), "child"));
                    c.Watch(refs[^1]);
                    TestActor.Tell("made");
                    break;
                case "stop": c.Stop(refs[^1]); break;
                case Terminated: TestActor.Tell("gone"); break;
            }
        });
        foreach (string step in (string[])["make", "stop"]) parent.Tell(step);
        ExpectMsg("made");
        ExpectMsg("gone");
        parent.Tell("make");
        ExpectMsg("made");
        Assert.Equal(refs[0].Path, refs[1].Path);
        Assert.NotEqual(refs[0], refs[1]);
        refs[0].Tell("to the dead");
        refs[1].Tell("to the living");
        ExpectMsg("to the living");
    }

    [Fact]
    public void Context_Child_is_Nobody_where_there_is_no_such_child()
    {
        Actor((c, _) => TestActor.Tell(c.Child("nobody-there").IsNobody())).Tell("?");
        ExpectMsg(true);
    }

    [Fact]
    public async Task A_selection_finds_actors_by_absolute_and_relative_path()
    {
        IActorRef a = Actor((_, m) => TestActor.Tell($"a {m}"), "sel-a");
        IActorRef b = Actor((c, m) => c.ActorSelection("../sel-a").Tell(m), "sel-b");
        b.Tell("relative");
        ExpectMsg("a relative");
        Sys.ActorSelection("/user/sel-a").Tell("absolute");
        ExpectMsg("a absolute");
        Assert.Equal(a, await Sys.ActorSelection("/user/sel-a").ResolveOne(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void A_selection_with_a_star_reaches_all_children_that_match()
    {
        Actor((_, _) => TestActor.Tell("one"), "star-1");
        Actor((_, _) => TestActor.Tell("two"), "star-2");
        Actor((_, _) => TestActor.Tell("other"), "other");
        Sys.ActorSelection("/user/star-*").Tell("all");
        ExpectMsgAllOf("one", "two");
        ExpectNoMsg(Silence);
    }

    [Fact]
    public async Task A_selection_of_nobody_cannot_be_resolved() =>
        await Assert.ThrowsAsync<ActorNotFoundException>(
            () => Sys.ActorSelection("/user/nobody-there").ResolveOne(TimeSpan.FromSeconds(1)));

    [Fact]
    public void Identify_is_answered_with_the_reference()
    {
        IActorRef actor = Actor((_, _) => { });
        actor.Tell(new Identify(42));
        ExpectMsg<ActorIdentity>(i => i.MessageId is 42 && actor.Equals(i.Subject));
        Sys.ActorSelection("/user/nobody-there").Tell(new Identify(43));
        ExpectMsg<ActorIdentity>(i => i.MessageId is 43 && i.Subject is null);
    }

    [Fact]
    public void A_system_has_a_name_of_letters_digits_and_hyphens() =>
        Assert.Throws<ArgumentException>(() => ActorSystem.Create("not_a_name!"));
}
