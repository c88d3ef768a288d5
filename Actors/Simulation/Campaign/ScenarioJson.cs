using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Scenarios as text: JSON with the properties of <see cref="Scenario"/>, times in microseconds, CDBs in hexadecimal.</summary>
public static class ScenarioJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(), new CdbConverter(), new MicrosecondsConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameSteps } },
    };

    /// <summary>A scenario as text.</summary>
    public static string Write(Scenario scenario) => JsonSerializer.Serialize(scenario, Options);

    /// <summary>The scenario in a text.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    /// <exception cref="FormatException">It has a text in it that is not what it should be.</exception>
    public static Scenario Read(string text)
    {
        var scenario = JsonSerializer.Deserialize<Scenario>(text, Options) ?? throw new JsonException("The text is empty.");
        _ = TurnDeviations.Parse(scenario.Deviations);
        return scenario;
    }

    private static void NameSteps(JsonTypeInfo type)
    {
        if (type.Type != typeof(ScenarioStep))
            return;
        type.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "Kind",
            DerivedTypes =
            {
                new JsonDerivedType(typeof(CommandStep), "Command"), new JsonDerivedType(typeof(FunctionStep), "Function"),
                new JsonDerivedType(typeof(BlockStep), "Block"), new JsonDerivedType(typeof(BusResetStep), "BusReset"),
                new JsonDerivedType(typeof(PowerCutStep), "PowerCut"),
            },
        };
    }

    private sealed class CdbConverter : JsonConverter<Cdb>
    {
        public override Cdb Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Cdb.Parse(Convert.FromHexString((reader.GetString() ?? "").Replace(" ", "", StringComparison.Ordinal)));

        public override void Write(Utf8JsonWriter writer, Cdb value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    private sealed class MicrosecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new((long)(reader.GetDecimal() * TimeSpan.TicksPerMicrosecond));

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((decimal)value.Ticks / TimeSpan.TicksPerMicrosecond);
    }
}
