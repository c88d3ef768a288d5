using System.Globalization;
using System.Text;
using ScsiActors.Journal;
using Xunit;

namespace ScsiActors.Tests.Machines.Journal;

/// <summary>A journal reads back as it was recorded, its hash depends on what was recorded alone, and a damaged file is named as one.</summary>
public sealed class JournalFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_reads_back_as_it_was_recorded(bool asJson)
    {
        var (bytes, hash) = Write(asJson);
        var file = JournalReader.Read(new MemoryStream(bytes));
        Assert.True(file.IsComplete);
        Assert.Equal(hash, file.Hash);
        Assert.Equal(SampleRun.Header, file.Header);
        Assert.Equal(SampleRun.Events.Count, file.Events.Count);
        for (var i = 0; i < file.Events.Count; i++)
            AssertSame(SampleRun.Events[i], file.Events[i]);
    }

    [Fact]
    public void The_sample_as_JSON_Lines() => GoldenText.Check("sample.jsonl", Encoding.UTF8.GetString(Write(asJson: true).Bytes));

    [Fact]
    public void The_sample_in_the_compact_form() => GoldenText.Check("sample.journal", Write(asJson: false).Bytes);

    [Fact]
    public void The_hash_is_that_of_what_stands_in_the_file_between_its_head_and_its_end()
    {
        var (bytes, hash) = Write(asJson: false);
        var head = 8 + 2 + 1 + SampleRun.Header.RunId.Length + 1 + SampleRun.Header.Description.Length;
        var end = 1 + Varint.Write(new byte[10], 0, (ulong)SampleRun.Events.Count) + 32;
        var records = bytes.AsSpan(head, bytes.Length - head - end);
        Assert.Equal(hash, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(records)));
    }

    [Fact]
    public void The_hash_depends_neither_on_the_culture_nor_on_the_files_nor_on_the_run_id()
    {
        var expected = Write(asJson: false).Hash;
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (strange.NumberFormat.NegativeSign, strange.NumberFormat.NumberDecimalSeparator) = ("~", "'");
            CultureInfo.CurrentCulture = strange;
            Assert.Equal("~1'5", (-1.5).ToString(CultureInfo.CurrentCulture));
            Assert.Equal(expected, Write(asJson: true).Hash);
            using var other = new ScsiActors.Journal.Journal(new JournalHeader("another"));
            SampleRun.Record(other);
            Assert.Equal(expected, other.Hash);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void The_hash_does_not_depend_on_which_objects_say_it()
    {
        var hashes = new HashSet<string>();
        foreach (var prefix in new[] { "", "x" })
        {
            using var journal = new ScsiActors.Journal.Journal(SampleRun.Header);
            // The same names as new objects each time, and as the same ones.
            for (var i = 0; i < 5000; i++)
                journal.RecordAt(i, prefix.Length == 0 ? "driver" : new string("driver"), "adapter", new Messages.RegisterWrite(Messages.RegisterSpace.Bar0, i, 1, 2));
            hashes.Add(journal.Hash);
        }
        Assert.Single(hashes);
    }

    [Fact]
    public void A_journal_of_anything_else_has_another_hash()
    {
        var hashes = new HashSet<string>();
        for (var variant = 0; variant < 6; variant++)
        {
            using var journal = new ScsiActors.Journal.Journal(SampleRun.Header);
            journal.RecordAt(variant == 1 ? 2 : 1, variant == 2 ? "b" : "a", "c", new Messages.BusReset(variant == 3 ? 8u : 7u, variant != 4));
            if (variant == 5)
                journal.RecordFault(default, 1, "a", "f");
            hashes.Add(journal.Hash);
        }
        Assert.Equal(6, hashes.Count);
    }

    [Fact]
    public void The_last_events_are_kept_when_not_all_are()
    {
        using var journal = new ScsiActors.Journal.Journal(SampleRun.Header, new JournalOptions { Keep = 7 });
        SampleRun.Record(journal);
        Assert.Equal(SampleRun.Events.TakeLast(7).Select(static e => e.Sequence), journal.Events.Select(static e => e.Sequence));
        Assert.Equal(SampleRun.Events.Count, journal.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_that_was_cut_off_has_the_events_before_the_cut(bool asJson)
    {
        var (bytes, _) = Write(asJson);
        var whole = 0;
        for (var length = asJson ? 100 : 60; length < bytes.Length - 1; length += 31)
        {
            var file = JournalReader.Read(new MemoryStream(bytes, 0, length));
            Assert.False(file.IsComplete);
            Assert.InRange(file.Events.Count, whole, SampleRun.Events.Count);
            whole = file.Events.Count;
        }
        Assert.True(whole > SampleRun.Events.Count - 5);
    }

    [Fact]
    public void A_byte_that_was_changed_is_found()
    {
        var (bytes, _) = Write(asJson: false);
        for (var i = 0; i < bytes.Length; i += 3)
        {
            // The run's own description is not part of what the hash is about.
            if (i is >= 10 and < 48)
                continue;
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x41;
            var error = Record.Exception(() => Assert.False(JournalReader.Read(new MemoryStream(damaged)).IsComplete));
            Assert.True(error is null or JournalFormatException, $"byte {i}: {error}");
        }
    }

    [Theory]
    [InlineData("", "The file is empty")]
    [InlineData("hello", "It is no journal")]
    [InlineData("{}\n", "It is no journal")]
    [InlineData("{\"journal\":\"scsi-actors\",\"version\":9}\n", "version 9")]
    [InlineData("{\"journal\":\"scsi-actors\",\"version\":1}\n{\"kind\":\"X\"\n{}\n", "Line 2")]
    [InlineData("{\"journal\":\"scsi-actors\",\"version\":1}\n{\"kind\":\"X\",\"t\":\"late\"}\n", "Line 2 of the journal is damaged: \"t\" is no whole number")]
    [InlineData("{\"journal\":\"scsi-actors\",\"version\":1}\n{\"events\":3,\"sha256\":\"\"}\n", "ends after 3 events, but has 0")]
    public void What_is_no_journal_is_refused_with_the_reason(string text, string reason)
    {
        var error = Assert.Throws<JournalFormatException>(() => JournalReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_message_of_an_unknown_type_is_recorded_by_its_name()
    {
        using var stream = new MemoryStream();
        using (var journal = new ScsiActors.Journal.Journal(SampleRun.Header, new JournalOptions { File = stream }))
            journal.Record(default, "a", "b", new Version(1, 2));
        Assert.Equal("Version", JournalReader.Read(new MemoryStream(stream.ToArray())).Events[0].Text);
    }

    [Fact]
    public void A_long_text_survives_the_compact_form()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789", 5000));
        using var stream = new MemoryStream();
        using (var journal = new ScsiActors.Journal.Journal(SampleRun.Header, new JournalOptions { File = stream }))
        {
            for (var i = 0; i < 5; i++)
                journal.RecordFinding(TimeSpan.FromTicks(i), "a", text);
        }
        var file = JournalReader.Read(new MemoryStream(stream.ToArray()));
        Assert.True(file.IsComplete);
        Assert.All(file.Events, entry => Assert.Equal(text, entry.Remark));
    }

    [Fact]
    public void Every_message_that_crosses_between_actors_has_a_row()
    {
        var messages = typeof(Messages.AioRead).Assembly.GetExportedTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false, Namespace: "ScsiActors.Messages" } && type.GetMethod("<Clone>$") is not null);
        var known = EventKinds.All.Select(static kind => kind.Name).ToHashSet();
        Assert.Equal([], messages.Select(static type => type.Name).Where(name => !known.Contains(name)).Order());
    }

    private static (byte[] Bytes, string Hash) Write(bool asJson)
    {
        using var stream = new MemoryStream();
        var options = asJson ? new JournalOptions { JsonLines = stream } : new JournalOptions { File = stream };
        using var journal = new ScsiActors.Journal.Journal(SampleRun.Header, options);
        SampleRun.Record(journal);
        journal.Dispose();
        return (stream.ToArray(), journal.Hash);
    }

    private static void AssertSame(JournalEvent expected, JournalEvent actual)
    {
        foreach (var property in typeof(JournalEvent).GetProperties().Where(static property => property.Name != nameof(JournalEvent.Nexus)))
            Assert.Equal(property.GetValue(expected), property.GetValue(actual));
        Assert.Equal(expected.Bytes.Span, actual.Bytes.Span);
    }
}
