using Mono.Cecil;
using Xunit;

namespace ScsiActors.Tests.Architecture;

/// <summary>Messages are immutable values: sealed records, or readonly structs; bytes travel in buffers with one owner.</summary>
public sealed class MessageTests
{
    private static readonly Dictionary<string, string> NoMessages = new()
    {
        ["DataBuffer"] = "memory with one owner, named by messages",
        ["DataBufferPool"] = "the owner of such buffers",
        ["InitiatorMemory"] = "memory of the initiator, of which messages name ranges",
        ["ArrayInitiatorMemory"] = "the same, inside this process",
        ["InvariantViolatedException"] = "an exception",
    };

    private static readonly string[] Bytes = ["System.Byte[]", "System.IO.Stream", "System.Collections.Generic.List`1"];

    [Fact]
    public void Messages_are_sealed_records_or_readonly_structs() => Expect.None(Candidates().SelectMany(Violations));

    [Fact]
    public void A_message_that_breaks_the_rule_is_found() =>
        Assert.Equal(3, Violations(MachineTests.Fixture(nameof(Fixtures.ChangeableMessage))).Count());

    [Fact]
    public void What_is_no_message_in_Messages_still_exists() =>
        Expect.None(NoMessages.Keys.Where(name => CodeBase.Messages.Types.All(type => type.Name != name)));

    private static IEnumerable<TypeDefinition> Candidates() => CodeBase.TypesOf(CodeBase.Messages)
        .Where(static type => type.IsPublic && !type.IsEnum && !type.IsInterface && !(type.IsAbstract && type.IsSealed)
            && !NoMessages.ContainsKey(type.Name));

    private static IEnumerable<string> Violations(TypeDefinition type)
    {
        if (type.IsValueType)
        {
            if (type.CustomAttributes.All(static attribute => attribute.AttributeType.Name != "IsReadOnlyAttribute"))
                yield return $"{type.FullName} is a struct that can be changed";
        }
        else if (type.Methods.All(static method => method.Name != "<Clone>$"))
        {
            yield return $"{type.FullName} is a class, but no record";
        }
        else if (!type.IsSealed && !type.IsAbstract)
        {
            yield return $"{type.FullName} is a record that is not sealed";
        }
        foreach (var property in type.Properties)
        {
            if (property.SetMethod is { IsPublic: true } setter && setter.ReturnType is not RequiredModifierType)
                yield return $"{type.FullName}.{property.Name} can be set after the message was sent";
        }
        foreach (var field in type.Fields.Where(static field => !field.IsStatic))
        {
            if (!type.IsValueType && Bytes.Any(name => field.FieldType.FullName.StartsWith(name, StringComparison.Ordinal)))
                yield return
                    $"{type.FullName} carries {field.FieldType.Name} in {field.Name}: bytes travel in buffers with one owner, or stay";
        }
    }
}
