namespace ScsiActors.Faults;

/// <summary>What an actor is to the faults.</summary>
internal enum FaultRole : byte
{
    /// <summary>None of those below.</summary>
    Other,

    /// <summary>A driver of the host adapter, or the direct port: takes ExecuteCommand.</summary>
    Driver,
    Adapter,
    Bus,
    Target,
    LogicalUnit,
    Queue,
    Storage,
}

/// <summary>An actor's place in a subsystem, as its name says.</summary>
internal readonly record struct FaultPlace(FaultRole Role, int Target, int Lun)
{
    private static readonly Dictionary<string, FaultRole> Single = new()
    {
        ["driver"] = FaultRole.Driver, ["direct-port"] = FaultRole.Driver, ["adapter"] = FaultRole.Adapter, ["bus"] = FaultRole.Bus,
    };

    /// <summary>The place of an actor of this name (see the names that SubsystemActor gives).</summary>
    public static FaultPlace Of(string name)
    {
        if (Single.TryGetValue(name, out var role))
            return new FaultPlace(role, -1, -1);
        var parts = name.Split('-');
        if (parts.Length < 2 || parts[0] != "target" || !int.TryParse(parts[1], out var target))
            return default;
        if (parts.Length == 2)
            return new FaultPlace(FaultRole.Target, target, -1);
        if (parts.Length > 5 || parts[2] != "lun" || !int.TryParse(parts[3], out var lun))
            return default;
        role = parts.Length == 4 ? FaultRole.LogicalUnit : parts[4] switch
        {
            "queue" => FaultRole.Queue,
            "aio" => FaultRole.Storage,
            _ => FaultRole.Other,
        };
        return new FaultPlace(role, target, lun);
    }
}
