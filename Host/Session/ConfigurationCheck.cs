using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ScsiActors.Host.Session;

/// <summary>Finds settings of the user's file that do not exist: a misspelt limit must not be silently ignored.</summary>
internal static class ConfigurationCheck
{
    private const string Root = "scsi-actors";
    private static readonly string[] DeviceSections = ["logical-unit", "request-queue", "aio", "virtio-blk"];

    /// <summary>Throws for the first setting below <paramref name="root"/> that <paramref name="known"/> does not have.</summary>
    /// <exception cref="UsageException">There is one; the message has file, line and the names that exist.</exception>
    public static void Keys(FileInfo file, string text, Config user, Config known, string root = Root)
    {
        if (Section(user.Root, root) is not { } mine || Section(known.Root, root) is not { } all)
            return;
        foreach (var (key, value) in mine.Items)
        {
            if (root == Root && key == "targets")
                Targets(file, text, value, all);
            else
                Compare(file, text, root, key, value, all);
        }
    }

    private static void Targets(FileInfo file, string text, HoconValue targets, HoconObject known)
    {
        foreach (var (target, value) in Fields(targets))
        {
            Number(file, text, $"{Root}.targets", target, 15);
            foreach (var (lun, device) in Fields(Section(value, "luns")))
            {
                Number(file, text, $"{Root}.targets.{target}.luns", lun, 63);
                foreach (var (section, content) in Fields(device))
                {
                    var path = $"{Root}.targets.{target}.luns.{lun}";
                    if (!DeviceSections.Contains(section))
                        throw Unknown(file, text, path, section, DeviceSections);
                    Compare(file, text, path, section, content, known);
                }
            }
        }
    }

    private static void Compare(FileInfo file, string text, string path, string key, HoconValue value, HoconObject known)
    {
        if (known.GetKey(key) is not { } counterpart)
            throw Unknown(file, text, path, key, known.Items.Keys);
        if (!counterpart.IsObject())
            return;
        if (!value.IsObject())
            throw new UsageException($"{file}, line {LineOf(text, key)}: {path}.{key} is a section: write {key} {{ ... }}.");
        foreach (var (inner, innerValue) in value.GetObject().Items)
            Compare(file, text, $"{path}.{key}", inner, innerValue, counterpart.GetObject());
    }

    private static void Number(FileInfo file, string text, string path, string key, int maximum)
    {
        if (!int.TryParse(key, out var number) || number < 0 || number > maximum)
            throw new UsageException($"{file}, line {LineOf(text, key)}: {path}.{key}: the name must be a number from 0 to {maximum}.");
    }

    private static UsageException Unknown(FileInfo file, string text, string path, string key, IEnumerable<string> names) =>
        new($"{file}, line {LineOf(text, key)}: there is no setting {path}.{key}. {path} has: {string.Join(", ", names)}.");

    // The parser keeps no positions: the first line that has the key as a word is where a reader looks first.
    private static int LineOf(string text, string key)
    {
        var at = 0;
        var line = 0;
        foreach (var candidate in text.Split('\n'))
        {
            line++;
            var code = candidate.Split('#')[0];
            at = code.IndexOf(key, StringComparison.Ordinal);
            if (at >= 0 && !IsWord(code, at - 1) && !IsWord(code, at + key.Length))
                return line;
        }
        return 1;
    }

    private static bool IsWord(string text, int at) =>
        at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '-' or '_');

    private static HoconObject? Section(HoconValue? value, string key) =>
        value is not null && value.IsObject() && value.GetObject().GetKey(key) is { } section && section.IsObject()
            ? section.GetObject()
            : null;

    private static IEnumerable<KeyValuePair<string, HoconValue>> Fields(HoconValue value) =>
        value.IsObject() ? value.GetObject().Items : [];

    private static IEnumerable<KeyValuePair<string, HoconValue>> Fields(HoconObject? section) => section?.Items ?? [];
}
