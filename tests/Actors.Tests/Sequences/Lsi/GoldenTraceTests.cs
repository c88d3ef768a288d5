using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Tests.Machines.Lsi53c895a;
using Xunit;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>The golden traces, line by line: what the host and the target do is read from the trace itself, what the chip does is compared.</summary>
public sealed partial class GoldenTraceTests
{
    internal static readonly Dictionary<string, string[]> Traces = ReadTraces();

    public static TheoryData<string> Names => [.. Traces.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_chip_executes_the_trace_line_by_line(string name)
    {
        var expected = Traces[name];
        AssertSame(name, expected, new Replay(name).Run(expected));
    }

    internal static void AssertSame(string name, string[] expected, List<string> actual)
    {
        for (var i = 0; i < Math.Max(expected.Length, actual.Count); i++)
        {
            var want = i < expected.Length ? expected[i] : "(end)";
            var have = i < actual.Count ? actual[i] : "(end)";
            Assert.True(want == have, $"{name} line {i + 1}\n  expected {want}\n  actual   {have}");
        }
    }

    private static Dictionary<string, string[]> ReadTraces([CallerFilePath] string here = "")
    {
        var traces = new Dictionary<string, List<string>>();
        List<string>? lines = null;
        foreach (var line in File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "Golden", "traces.txt")))
        {
            if (line.StartsWith("##### ", StringComparison.Ordinal))
                traces[line[6..]] = lines = [];
            else
                lines?.Add(line.TrimEnd());
        }
        return traces.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    /// <summary>Plays host and target as a trace says.</summary>
    internal sealed partial class Replay
    {
        private readonly string _name;
        private readonly ChipBench _bench;
        private readonly List<string> _lines = [];
        private long _reselections;
        private Action? _pendingReselection;

        /// <summary>With a chip elsewhere, <paramref name="remote"/> says how to reach it, and hands over the lines it traces.</summary>
        public Replay(string name, Func<ChipBench, Action<string>, Action<object>>? remote = null)
        {
            _name = name;
            // One instruction a turn where the trace has a target ask for the bus while the program runs.
            var options = new ControllerOptions { InstructionsPerSlice = name == "race" ? 1 : 500 };
            _bench = new ChipBench(options, remote: remote is null ? null : bench => remote(bench, _lines.Add));
            TestScript.Load(_bench);
            WriteTasks();
            if (remote is null)
                _bench.Chip.TraceTo(_lines.Add);
        }

        public List<string> Run(string[] trace)
        {
            foreach (var line in trace)
            {
                if (line.StartsWith("host    ", StringComparison.Ordinal))
                {
                    Host(line[8..]);
                }
                else if (line.StartsWith("====", StringComparison.Ordinal))
                {
                    _lines.Add(line);
                }
                else if (TargetReady().Match(line) is { Success: true } ready)
                {
                    _lines.Add(line);
                    var tag = ready.Groups[1].Value == "-" ? -1 : Convert.ToInt32(ready.Groups[1].Value, 16);
                    var reselection = () => Ready(tag, ready.Groups[2].Value);
                    if (line.EndsWith("(bus request pending)", StringComparison.Ordinal))
                        _pendingReselection = reselection;
                    else
                        reselection();
                }
                Play();
            }
            return _lines;
        }

        private void Host(string action)
        {
            if (action.StartsWith("IRQ", StringComparison.Ordinal))
            {
                var dstat = _bench.Read(Reg.Dstat);
                var sist = _bench.Read(Reg.Sist0, 2);
                _lines.Add($"host    IRQ: DSTAT={dstat:X2} SIST={sist:X4} DSPS={_bench.Read(Reg.Dsps, 4):X} DSA={_bench.Read(Reg.Dsa, 4):X4}");
                return;
            }
            _lines.Add("host    " + action);
            if (action.StartsWith("DSP <- ", StringComparison.Ordinal))
            {
                var dsp = uint.Parse(action.AsSpan(7), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (dsp == TestScript.AbortEntry)
                    _bench.Write(Reg.Dsa, 0x1900, 4);
                _bench.Write(Reg.Dsp, dsp, 4);
            }
            else if (action.StartsWith("post task block ", StringComparison.Ordinal))
            {
                TestScript.Post(_bench, Convert.ToUInt32(action.Substring(16, 4), 16));
            }
            else if (action == "DCNTL.STD")
            {
                _bench.Write(Reg.Dcntl, 0x05);
            }
            else if (action.EndsWith("here ABRT)", StringComparison.Ordinal))
            {
                _bench.Write(Reg.Istat0, 0x80);
                Assert.Equal(0x90u, _bench.Read(Reg.Dstat));
                _bench.Write(Reg.Istat0, 0);
            }
            if (action.EndsWith("ISTAT0 <- SIGP", StringComparison.Ordinal))
                _bench.Write(Reg.Istat0, 0x20);
            _pendingReselection?.Invoke();
            if (action.EndsWith("SIGP", StringComparison.Ordinal))
                _pendingReselection = null;
        }

        private void Ready(int tag, string reason)
        {
            var isWrite = _name == "write4";
            PhaseStep identify = tag < 0 ? PhaseStep.MessageIn(0x80) : PhaseStep.MessageIn(0x80, 0x20, (byte)tag);
            var length = isWrite || _name == "read10" ? 4096 : 512;
            PhaseStep[] steps = reason == "status"
                ? [identify, PhaseStep.Status(ScsiStatus.Good), PhaseStep.MessageIn(0), PhaseStep.BusFree]
                : isWrite
                    ? [identify, PhaseStep.DataOut(_bench.Buffer(length), length), PhaseStep.MessageIn(2, 4), PhaseStep.BusFree]
                    : [identify, PhaseStep.DataIn(_bench.Buffer(length), length), PhaseStep.Status(ScsiStatus.Good), PhaseStep.MessageIn(0),
                        PhaseStep.BusFree];
            _bench.Tell(new ReselectionRequested(--_reselections, 0, Lun.Zero, tag, 0, [.. steps]));
        }

        /// <summary>Lets the chip run, and answers it, until both are quiet.</summary>
        private void Play()
        {
            if (_pendingReselection is not null)
                return;
            do
            {
                _bench.Pump();
                if (_bench.ToBus.TryDequeue(out var message))
                    Answer(message);
            }
            while (_bench.ToBus.Count > 0);
            _bench.Pump();
        }

        private void Answer(object message)
        {
            switch (message)
            {
                case CommandMoved command:
                    _bench.Tell(new TargetPhases(command.Connection, [.. Phases(command.Cdb)]));
                    break;
                case MessageOutMoved abort:
                    Assert.Equal(new byte[] { 0xC0, 0x20, 0x01, 0x0D }, abort.Bytes.ToArray());
                    _lines.Add("        [target] ABORT TAG 01: 1 request(s) cancelled");
                    _bench.Tell(new TargetPhases(abort.Connection, [PhaseStep.BusFree], AnswersMessage: true));
                    break;
                default:
                    Assert.True(Assert.IsType<DataPhaseEnded>(message).Moved);
                    break;
            }
        }

        private PhaseStep[] Phases(Cdb cdb)
        {
            if (cdb.OperationCode != 0x12 && _name != "polled_now")
                return [PhaseStep.MessageIn(2, 4), PhaseStep.BusFree];
            var length = cdb.OperationCode == 0x12 ? 36 : 512;
            return
            [
                PhaseStep.DataIn(_bench.Buffer(length), length), PhaseStep.Status(ScsiStatus.Good), PhaseStep.MessageIn(0), PhaseStep.BusFree,
            ];
        }

        private void WriteTasks()
        {
            switch (_name)
            {
                case "inq36":
                    Task(0, [0xC0], [0x12, 0, 0, 0, 36, 0], 36);
                    break;
                case "inq255":
                    Task(0, [0xC0], [0x12, 0, 0, 0, 255, 0], 255);
                    break;
                case "read10":
                    TestScript.WriteTask(_bench, 0x1000, 0, [0xC0, 0x20, 5], [0x28, 0, 0, 0, 0, 0x40, 0, 0, 8, 0], 0x4000, 4096, false);
                    break;
                case "sto":
                    Task(0, [0xC0], [0, 0, 0, 0, 0, 0], 1, target: 3);
                    break;
                case "write4":
                    for (byte tag = 1; tag <= 4; tag++)
                        Task(tag, [0xC0, 0x20, tag], [0x2A, 0, 0, 0, 0, (byte)(8 * tag), 0, 0, 8, 0], 4096, isWrite: true);
                    break;
                case "abort" or "race":
                    for (byte tag = 1; tag <= 3; tag++)
                        Task(tag, [0xC0, 0x20, tag], [0x28, 0, 0, 0, 0, tag, 0, 0, 1, 0], 512);
                    TestScript.WriteTask(_bench, 0x1900, 0, [0xC0, 0x20, 1, 0x0D], [0], 0, 0, false);
                    _bench.Poke(TestScript.Table + 4, 0x1100);
                    break;
                default:
                    WritePolledProgram();
                    break;
            }
        }

        private void Task(int index, byte[] message, byte[] cdb, uint count, bool isWrite = false, int target = 0) => TestScript.WriteTask(
            _bench, (uint)(0x1000 + index * 0x100), target, message, cdb, (uint)(0x4000 + index * 0x1000), count, isWrite);

        private void WritePolledProgram()
        {
            _bench.Poke(0x2000, 0x40000000, 0, 0x06000001, 0x2100, 0x02000010, 0x2110, 0x87820000, 0x18, 0x07000002, 0x2120);
            _bench.Poke(0x2028, 0x50000000, 0, 0x07000002, 0x2120, 0x01000200, 0x4000, 0x03000001, 0x2124, 0x07000001, 0x2125);
            _bench.Poke(0x2050, 0x98080000, 0);
            _bench.PokeBytes(0x2100, 0x80);
            _bench.PokeBytes(0x2110, 0x28, 0, 0, 0, 0, 0, 0, 0, 1);
        }

        [GeneratedRegex(@"\[target\] t0/L0/(\w\w|-) ready for (data|status)")]
        private static partial Regex TargetReady();
    }
}
