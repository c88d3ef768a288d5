using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScsiActors.Interop.Report;

/// <summary>A headless Chromium with one page, driven by the DevTools protocol over a pipe: no port is opened.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Without these it looks for updates and for a sandbox, neither of which there is on a test machine.
    private const string Options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        + "--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe about:blank";

    private readonly TemporaryFolder _profile = new();
    private readonly Process _process;
    private readonly Queue<JsonNode> _events = new();
    private readonly byte[] _chunk = new byte[1 << 16];
    private readonly List<byte> _unread = [];
    private string? _session;
    private int _lastId;

    private Chromium()
    {
        // The browser reads commands from descriptor 3 and writes answers to 4; a shell makes them out of its own input and output.
        var command = $"exec chromium {Options} --user-data-dir='{_profile.Path}' 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>Starts it with an empty page.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var browser = new Chromium();
        var targets = await browser.CallAsync("Target.getTargets");
        var page = targets["targetInfos"]!.AsArray().First(static target => (string)target!["type"]! == "page")!["targetId"]!;
        var attached = await browser.CallAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)page!, ["flatten"] = true });
        browser._session = (string)attached["sessionId"]!;
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await browser.CallAsync($"{domain}.enable");
        return browser;
    }

    /// <summary>Shows a file in a window of this width, as a reader with this theme sees it.</summary>
    public async Task ShowAsync(string path, int width, bool isDark, bool isPrinted = false)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        var feature = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" };
        await CallAsync("Emulation.setEmulatedMedia",
            new JsonObject { ["media"] = isPrinted ? "print" : "screen", ["features"] = new JsonArray(feature) });
        _events.Clear();
        await CallAsync("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri });
        while (!_events.Any(static happened => (string)happened["method"]! == "Page.loadEventFired"))
            Sort(await ReadAsync());
    }

    /// <summary>What a JavaScript expression yields in the page, as JSON.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate",
            new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        if (answer["exceptionDetails"] is { } failure)
            throw new InvalidOperationException($"The page's script failed: {failure.ToJsonString()}");
        return answer["result"]!["value"];
    }

    /// <summary>A picture of the whole page, as PNG.</summary>
    public async Task<byte[]> PictureAsync() => Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot",
        new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true }))["data"]!);

    /// <summary>What the page wrote to the console or was refused, and what it asked for besides its own file, since it was shown.</summary>
    public IReadOnlyList<string> Complaints => [.. _events.Where(IsComplaint).Select(static happened => happened.ToJsonString())];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _session = null;
            await CallAsync("Browser.close");
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (Exception failure) when (failure is IOException or TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        finally
        {
            _process.Dispose();
            _profile.Dispose();
        }
    }

    private static bool IsComplaint(JsonNode happened) => (string)happened["method"]! switch
    {
        "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded" => true,
        "Network.requestWillBeSent" => new Uri((string)happened["params"]!["request"]!["url"]!).Scheme is not ("file" or "data"),
        _ => false,
    };

    private async Task<JsonNode> CallAsync(string method, JsonObject? parameters = null)
    {
        var id = ++_lastId;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
            call["sessionId"] = _session;
        var input = _process.StandardInput.BaseStream;
        await input.WriteAsync(Encoding.UTF8.GetBytes(call.ToJsonString() + '\0'));
        await input.FlushAsync();
        while (true)
        {
            var message = await ReadAsync();
            if (message["id"] is not { } answered)
                Sort(message);
            else if ((int)answered == id)
                return message["result"] ?? throw new InvalidOperationException($"{method}: {message.ToJsonString()}");
        }
    }

    private void Sort(JsonNode message)
    {
        if (message["method"] is not null)
            _events.Enqueue(message);
    }

    // Messages end with a zero byte.
    private async Task<JsonNode> ReadAsync()
    {
        int end;
        while ((end = _unread.IndexOf(0)) < 0)
        {
            using var patience = new CancellationTokenSource(Patience);
            var count = await _process.StandardOutput.BaseStream.ReadAsync(_chunk, patience.Token);
            if (count == 0)
                throw new IOException("chromium has ended");
            _unread.AddRange(_chunk.AsSpan(0, count));
        }
        var message = JsonSerializer.Deserialize<JsonNode>(_unread.GetRange(0, end).ToArray())!;
        _unread.RemoveRange(0, end + 1);
        return message;
    }
}
