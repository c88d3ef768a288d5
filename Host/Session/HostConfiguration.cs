using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ScsiActors.Host.Session;

/// <summary>The configuration of a run: what the verb needs, over the user's file, over the built-in config.hocon.</summary>
internal static class HostConfiguration
{
    private const string Root = "scsi-actors";
    private const string FaultSection = "faults";

    // Storage is opened and closed by actors: their system ends by our hand, not by a hook that races with it.
    private const string HostDefaults = """
        akka {
          loggers = ["Akka.Logger.Serilog.SerilogLogger, Akka.Logger.Serilog"]
          logger-formatter = "Akka.Logger.Serilog.SerilogLogMessageFormatter, Akka.Logger.Serilog"
          stdout-loglevel = ERROR
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    /// <summary>The configuration with <paramref name="devices"/> instead of any that the user's file names, and <paramref name="settings"/>, HOCON that
    /// the verb insists on.</summary>
    /// <exception cref="UsageException">The file cannot be read, is not HOCON, or sets something that does not exist.</exception>
    public static Config Load(GlobalOptions options, IEnumerable<Device> devices, string settings = "")
    {
        var user = options.ConfigurationFile is { } file ? ReadUserFile(file) : ConfigurationFactory.Empty;
        var defaults = ConfigurationFactory.ParseString(ReadBuiltIn());
        RemoveTargets(user);
        RemoveTargets(defaults);
        var faults = options.FaultFile is { } rules ? ReadFaults(rules) : ConfigurationFactory.Empty;
        foreach (var name in options.FaultsLeftOut)
        {
            Remove(user, FaultSection, name);
            Remove(faults, FaultSection, name);
        }
        var ours = $"akka.loglevel = {options.LogLevel.AkkaName}\n" + string.Concat(devices.Select(static device => device.ToHocon())) + settings;
        return ConfigurationFactory.ParseString(ours)
            .WithFallback(user)
            .WithFallback(faults)
            .WithFallback(defaults)
            .WithFallback(ConfigurationFactory.ParseString(HostDefaults));
    }

    private static Config ReadUserFile(FileInfo file)
    {
        var (user, text) = Read(file, "--config");
        ConfigurationCheck.Keys(file, text, user, ConfigurationFactory.ParseString(ReadBuiltIn()));
        return user;
    }

    // Of what else stands in that file nothing is taken; the rules are checked by the plan.
    private static Config ReadFaults(FileInfo file)
    {
        var (faults, _) = Read(file, "--faults");
        if (!faults.HasPath(FaultSection))
            throw new UsageException($"--faults {file}: there is no section faults in it; a rule is faults {{ <name> {{ where = .., what = .. }} }}");
        var items = faults.Root.GetObject().Items;
        foreach (var key in items.Keys.Where(static key => key != FaultSection).ToList())
            items.Remove(key);
        return faults;
    }

    private static (Config Config, string Text) Read(FileInfo file, string option)
    {
        string text;
        try
        {
            text = File.ReadAllText(file.FullName);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option} {file}: {error.Message}");
        }
        try
        {
            return (ConfigurationFactory.ParseString(text, name => Include(file, name)), text);
        }
        catch (Exception error) when (error is not UsageException)
        {
            throw new UsageException($"{file}: {error.Message}");
        }
    }

    private static HoconRoot Include(FileInfo from, string name)
    {
        var path = Path.Combine(from.DirectoryName ?? ".", name);
        if (!File.Exists(path))
            throw new UsageException($"{from}: include \"{name}\": there is no file {path}");
        return Parser.Parse(File.ReadAllText(path), inner => Include(new FileInfo(path), inner));
    }

    private static void RemoveTargets(Config layer) => Remove(layer, Root, "targets");

    private static void Remove(Config layer, string sectionName, string key)
    {
        if (layer.Root is { } root && root.IsObject() && root.GetObject().GetKey(sectionName) is { } section && section.IsObject())
            section.GetObject().Items.Remove(key);
    }

    private static string ReadBuiltIn()
    {
        using var stream = typeof(ScsiSubsystem).Assembly.GetManifestResourceStream("ScsiActors.config.hocon")
            ?? throw new InvalidOperationException("config.hocon is not part of the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
