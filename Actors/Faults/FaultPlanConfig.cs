using System.Globalization;
using Akka.Configuration;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Reads rules, and what they are for, from a configuration.</summary>
internal static class FaultPlanConfig
{
    private const int Targets = 16;
    private const int LunsPerTarget = 64;

    private static readonly string[] RuleKeys = ["where", "when", "what", "times"];

    private static readonly string[] ConditionKeys = ["opcode", "operation", "lba", "length", "attribute", "initiator", "target", "lun", "depth", "event", "phase",
        "nth", "every", "probability", "after", "from", "to", "state"];

    /// <summary>The rules of the section <c>faults</c>; what cannot be read is a sentence in <paramref name="errors"/>.</summary>
    public static List<FaultRule> Rules(Config config, List<string> errors)
    {
        var rules = new List<FaultRule>();
        if (config.GetConfig("faults") is not { } section)
            return rules;
        foreach (var (name, value) in section.AsEnumerable())
        {
            if (!value.IsObject() || section.GetConfig(Quoted(name)) is not { } rule)
            {
                errors.Add($"faults.{name}: it is not a rule; a rule is {{ where = .., when {{ .. }}, what {{ do = .. }}, times = .. }}");
                continue;
            }
            var reader = new Reader(name, errors);
            reader.Known(rule, "", RuleKeys);
            rules.Add(new FaultRule(name, reader.Name<FaultWhere>(rule, "where") ?? default, reader.Condition(rule.GetConfig("when")), reader.Effect(rule),
                reader.Number(rule, "times")));
        }
        return rules;
    }

    /// <summary>What a whole configuration, defaults included, describes.</summary>
    public static FaultFacts Facts(Config config)
    {
        var root = config.GetConfig("scsi-actors") ?? ConfigurationFactory.Empty;
        var units = new List<FaultUnit>();
        for (var target = 0; target < Targets; target++)
        {
            for (var lun = 0; lun < LunsPerTarget; lun++)
            {
                var path = $"targets.{target}.luns.{lun}";
                if (root.HasPath(path))
                    units.Add(Unit(target, lun, (root.GetConfig(path) ?? ConfigurationFactory.Empty).WithFallback(root)));
            }
        }
        return new FaultFacts(units, root.GetString("host-adapter.model") is not (null or "off" or "false"));
    }

    private static FaultUnit Unit(int target, int lun, Config device)
    {
        var blockSize = (int)(device.GetByteSize("logical-unit.block-size", 512) ?? 512);
        var size = device.GetByteSize("aio.size", null);
        var backend = device.GetString("aio.backend");
        var knowsSize = size is not null && backend != "file";
        return new FaultUnit(target, lun, blockSize, knowsSize ? size!.Value / blockSize : long.MaxValue, backend == "simulated",
            backend == "simulated" && (device.GetByteSize("aio.simulated.write-cache", 0) ?? 0) > 0, device.GetString("aio.simulated.contents") != "forget");
    }

    private static string Quoted(string name) => name.Contains('.') ? $"\"{name}\"" : name;

    /// <summary>Reads one rule, and says what is wrong in it.</summary>
    private sealed class Reader(string rule, List<string> errors)
    {
        public void Known(Config section, string prefix, string[] keys)
        {
            foreach (var (key, _) in section.AsEnumerable())
            {
                if (!keys.Contains(key))
                    errors.Add($"faults.{rule}: {prefix}{key} means nothing here; it can be {string.Join(", ", keys)}");
            }
        }

        public FaultCondition Condition(Config? when)
        {
            if (when is null)
                return FaultCondition.Always;
            Known(when, "when.", ConditionKeys);
            var state = (when.GetString("state") ?? "").Split("->", StringSplitOptions.TrimEntries);
            return new FaultCondition
            {
                Opcodes = [.. Texts(when, "opcode").SelectMany(Opcodes)],
                Operations = [.. Texts(when, "operation").Select(text => Parse<FaultOperation>(text, "when.operation") ?? default)],
                Blocks = [.. Texts(when, "lba").Select(Blocks)],
                Length = when.GetString("length") is { } length ? Length(length) : null,
                Attribute = Name<TaskAttribute>(when, "attribute", "when."),
                Initiator = (int?)Number(when, "initiator"),
                Target = (int?)Number(when, "target"),
                Lun = (int?)Number(when, "lun"),
                Depth = (int?)Number(when, "depth"),
                Event = Name<FaultPoint>(when, "event", "when."),
                Phase = Name<BusPhase>(when, "phase", "when."),
                Nth = Number(when, "nth"),
                Every = Number(when, "every"),
                Probability = Fraction(when, "probability"),
                After = when.GetString("after"),
                From = Duration(when, "from"),
                To = Duration(when, "to"),
                State = state[0].Length > 0 ? state[0] : null,
                NextState = state.Length > 1 ? state[1] : null,
            };
        }

        public FaultEffect Effect(Config section)
        {
            var value = section.GetValue("what");
            if (value is null)
            {
                errors.Add($"faults.{rule}: what is missing; write what = busy, for instance, or what {{ do = late, by = 5 ms }}");
                return new FaultEffect(FaultWhat.Mark);
            }
            var what = section.GetConfig("what");
            if (!value.IsObject() || what is null)
                return new FaultEffect(Parse<FaultWhat>(value.GetString() ?? "", "what") ?? FaultWhat.Mark);
            var kind = Name<FaultWhat>(what, "do", "what.") ?? FaultWhat.Mark;
            Known(what, "what.", ["do", .. FaultTable.Of(kind).Parameters.Select(static parameter => parameter.TrimEnd('!'))]);
            return new FaultEffect(kind)
            {
                Status = Name<ScsiStatus>(what, "status", "what.", isOptional: true),
                Sense = what.GetString("sense") is { } sense ? Sense(sense) : null,
                By = Duration(what, "by"),
                For = Duration(what, "for"),
                Behind = (int?)Number(what, "behind"),
                Bytes = Bytes(what.GetString("bytes"), "what.bytes"),
                Bit = Number(what, "bit"),
                To = Number(what, "to"),
                Unit = (int?)Bytes(what.GetString("unit"), "what.unit"),
                ClearedByRewrite = Switch(what, "cleared-by-rewrite"),
                Another = Switch(what, "another"),
                AtReselection = Switch(what, "at-reselection"),
                Factor = Fraction(what, "factor"),
                Byte = Byte(what),
                Of = Name<FaultNode>(what, "of", "what.", isOptional: true),
                Initiators = Numbers(what, "initiators"),
                Targets = Numbers(what, "targets"),
            };
        }

        public T? Name<T>(Config section, string key, string prefix = "", bool isOptional = false) where T : struct, Enum
        {
            var text = section.GetString(key);
            if (text is not null)
                return Parse<T>(text, prefix + key);
            if (prefix != "when." && !isOptional)
                errors.Add($"faults.{rule}: {prefix}{key} is missing; it can be {FaultNames.All<T>()}");
            return null;
        }

        public long? Number(Config section, string key)
        {
            if (section.GetString(key) is not { } text)
                return null;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                return number;
            errors.Add($"faults.{rule}: {key} is {text}; it is a whole number");
            return null;
        }

        private List<int> Numbers(Config section, string key)
        {
            var numbers = new List<int>();
            foreach (var text in Texts(section, key))
            {
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    numbers.Add(number);
                else
                    errors.Add($"faults.{rule}: what.{key} has {text}; it is a list of numbers such as [0, 7]");
            }
            return numbers;
        }

        private byte? Byte(Config section)
        {
            if (section.GetString("byte") is not { } text)
                return null;
            var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
            if (byte.TryParse(isHex ? text[2..] : text, isHex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return value;
            errors.Add($"faults.{rule}: what.byte is {text}; it is a byte such as 7 or \"0x07\"");
            return null;
        }

        private double? Fraction(Config section, string key)
        {
            if (section.GetString(key) is not { } text)
                return null;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return number;
            errors.Add($"faults.{rule}: {key} is {text}; it is a number");
            return null;
        }

        private TimeSpan? Duration(Config section, string key)
        {
            if (section.GetString(key) is not { } text)
                return null;
            try
            {
                return section.GetTimeSpan(key, null, false);
            }
            catch (Exception error) when (error is ConfigurationException or FormatException or OverflowException)
            {
                errors.Add($"faults.{rule}: {key} is {text}; it is a duration such as 5 ms or 2 s");
                return null;
            }
        }

        private bool Switch(Config section, string key)
        {
            if (section.GetString(key) is not { } text || text is "off" or "false")
                return false;
            if (text is not ("on" or "true"))
                errors.Add($"faults.{rule}: {key} is {text}; it is on or off");
            return true;
        }

        // A list, or one text with commas.
        private static IEnumerable<string> Texts(Config section, string key) => section.GetValue(key) is not { } value ? []
            : value.IsArray() ? section.GetStringList(key)
            : (value.GetString() ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        private T? Parse<T>(string text, string key) where T : struct, Enum
        {
            if (FaultNames.TryParse<T>(text, out var value))
                return value;
            errors.Add($"faults.{rule}: {key} is {text}; it can be {FaultNames.All<T>()}");
            return null;
        }

        private byte[] Opcodes(string text)
        {
            if (FaultCommands.Parse(text) is { } codes)
                return codes;
            errors.Add($"faults.{rule}: when.opcode is {text}; it can be a number such as 0x28, or one of {FaultCommands.AllNames}, with or without its length as in read(10)");
            return [];
        }

        private FaultBlocks Blocks(string text)
        {
            var ends = text.Split("..", StringSplitOptions.TrimEntries);
            if (ends.Length <= 2 && long.TryParse(ends[0], out var first) && long.TryParse(ends[^1], out var last))
                return new FaultBlocks(first, last);
            errors.Add($"faults.{rule}: when.lba is {text}; it is a block such as 7, or blocks such as 0..1023");
            return default;
        }

        private FaultLength Length(string text)
        {
            var digits = text.TrimStart('<', '>', '=', ' ');
            var bytes = Bytes(digits, "when.length") ?? 0;
            return text[..^digits.Length].Trim() switch
            {
                ">" => new FaultLength(bytes + 1, long.MaxValue),
                ">=" => new FaultLength(bytes, long.MaxValue),
                "<" => new FaultLength(0, bytes - 1),
                "<=" => new FaultLength(0, bytes),
                _ => new FaultLength(bytes, bytes),
            };
        }

        private long? Bytes(string? text, string key)
        {
            if (text is null)
                return null;
            var letters = text.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').Trim();
            var shift = letters.ToLowerInvariant() switch { "" or "b" => 0, "kib" or "k" => 10, "mib" or "m" => 20, "gib" or "g" => 30, _ => -1 };
            if (shift >= 0 && long.TryParse(text[..^letters.Length].Trim(), out var number) && number <= long.MaxValue >> shift)
                return number << shift;
            errors.Add($"faults.{rule}: {key} is {text}; it is a number of bytes such as 512 or 64KiB");
            return null;
        }

        private SenseData? Sense(string text)
        {
            var parts = text.Split('/', StringSplitOptions.TrimEntries);
            var bytes = parts.Select(static part => byte.TryParse(part, NumberStyles.HexNumber, null, out var value) ? value : -1).ToArray();
            if (bytes.Length == 3 && Array.TrueForAll(bytes, static value => value >= 0) && bytes[0] < 16)
                return new SenseData((SenseKey)bytes[0], new AdditionalSense((byte)bytes[1], (byte)bytes[2]));
            errors.Add($"faults.{rule}: what.sense is {text}; it is key/code/qualifier in hexadecimal, such as 03/11/00");
            return null;
        }
    }
}
