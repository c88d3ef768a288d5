using System.Security.Cryptography;

namespace ScsiActors.Interop;

/// <summary>A folder for the files of one test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("interop-").FullName;

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The names of the files in it, sorted.</summary>
    public string[] Files =>
        [.. Directory.GetFiles(Path).Select(static file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Writes a file of random bytes that <paramref name="seed"/> decides.</summary>
    public string WriteRandom(string name, int length, int seed)
    {
        var data = new byte[length];
        new Random(seed).NextBytes(data);
        File.WriteAllBytes(this[name], data);
        return this[name];
    }

    /// <summary>The hash of a file's contents.</summary>
    public string Hash(string name)
    {
        using var file = File.OpenRead(this[name]);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
