using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Engine.Tests.Configuration;

/// <summary>The HOCON rules on which config.hocon relies.</summary>
public sealed class HoconTests
{
    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    [Theory]
    [InlineData("a.b.c = 1")]
    [InlineData("a : { b { c : 1 } }")]
    [InlineData("{ \"a\" : { \"b\" : { \"c\" : 1 } } }")]
    [InlineData("a { b.c = 1 }")]
    public void A_dotted_key_and_nested_objects_mean_the_same(string hocon) => Assert.Equal(1, Parse(hocon).GetInt("a.b.c"));

    [Fact]
    public void Objects_written_twice_are_merged_and_the_later_value_wins()
    {
        Config config = Parse("a { x = 1, y = 1 }\n a { y = 2, z = 2 }\n a.z = 3");
        Assert.Equal((1, 2, 3), (config.GetInt("a.x"), config.GetInt("a.y"), config.GetInt("a.z")));
    }

    [Fact]
    public void Hash_and_double_slash_start_a_comment_that_ends_with_the_line()
    {
        Config config = Parse("# first\na = 1 # not // this\nb = 2 // nor # this\n");
        Assert.Equal((1, 2), (config.GetInt("a"), config.GetInt("b")));
    }

    [Fact]
    public void A_comment_sign_inside_quotes_is_text() => Assert.Equal("akka://sys/#1", Parse("a = \"akka://sys/#1\"").GetString("a"));

    [Fact]
    public void Words_of_an_unquoted_value_keep_the_blanks_between_them() =>
        Assert.Equal("one  two", Parse("a =  one  two  \nb = 1").GetString("a"));

    [Fact]
    public void Triple_quotes_keep_line_ends_and_backslashes() =>
        Assert.Equal("one\n  \\two \"2\" x", Parse("a = \"\"\"one\n  \\two \"2\" x\"\"\"").GetString("a"));

    [Fact]
    public void A_quoted_text_knows_the_escapes_of_JSON() =>
        Assert.Equal("a\tb\n\"c\"\\", Parse("a = \"a\\tb\\n\\\"c\\\"\\\\\"").GetString("a"));

    [Theory]
    [InlineData("l = [1, 2, 3]")]
    [InlineData("l = [\n 1\n 2\n 3\n]")]
    [InlineData("l = [\"1\", 2, 3,]")]
    public void A_list_is_parted_by_commas_or_line_ends(string hocon) => Assert.Equal(["1", "2", "3"], Parse(hocon).GetStringList("l"));

    [Fact]
    public void Lists_side_by_side_are_one_list() => Assert.Equal(["1", "2", "3"], Parse("k = [1, 2]\nl = ${k} [3]").GetStringList("l"));

    [Fact]
    public void A_substitution_stands_for_the_final_value_of_its_path()
    {
        Config config = Parse("base = /var\nlog = ${base}/log\nbase = /srv");
        Assert.Equal("/srv/log", config.GetString("log"));
    }

    [Fact]
    public void A_substitution_inside_an_object_sees_its_neighbours() => Assert.Equal(7, Parse("a { b = 7, c = ${a.b} }").GetInt("a.c"));

    [Fact]
    public void A_substitution_of_nothing_is_an_error() => Assert.ThrowsAny<Exception>(() => Parse("a = ${no.such.setting}"));

    [Fact]
    public void An_include_merges_what_the_callback_finds_under_that_name()
    {
        Config config = ConfigurationFactory.ParseString(
            "a { x = 1 }\ninclude \"more\"\nb = 3", name => Parser.Parse($"a.y = 2\nname = {name}", null));
        Assert.Equal((1, 2, 3, "more"), (config.GetInt("a.x"), config.GetInt("a.y"), config.GetInt("b"), config.GetString("name")));
    }

    [Theory]
    [InlineData("10ms", 10)]
    [InlineData("10 ms", 10)]
    [InlineData("0.5 ms", 0.5)]
    [InlineData("250", 250)]
    [InlineData("1s", 1000)]
    [InlineData("1.5s", 1500)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    public void A_duration_has_a_unit_and_none_means_milliseconds(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse($"t = {text}").GetTimeSpan("t"));

    [Fact]
    public void An_infinite_duration_is_the_infinite_time_span_of_the_runtime() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Parse("t = infinite").GetTimeSpan("t"));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("64k", 65536)]
    [InlineData("64K", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("64kB", 64000)]
    [InlineData("3M", 3 << 20)]
    [InlineData("3MiB", 3 << 20)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("1T", 1L << 40)]
    public void A_size_counts_bytes_in_powers_of_1024_or_1000(string text, long bytes) =>
        Assert.Equal(bytes, Parse($"s = {text}").GetByteSize("s"));

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void A_switch_is_on_or_off_true_or_false(string text, bool value) =>
        Assert.Equal(value, Parse($"b = {text}").GetBoolean("b", !value));

    [Fact]
    public void A_path_without_a_value_reads_as_the_default_that_the_caller_gives()
    {
        Config config = Parse("a = 1");
        Assert.Equal("d", config.GetString("b", "d"));
        Assert.Equal((3, 4L), (config.GetInt("b", 3), config.GetLong("b", 4)));
        Assert.Equal((0.5, true), (config.GetDouble("b", 0.5), config.GetBoolean("b", true)));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("b", TimeSpan.FromSeconds(1)));
        Assert.Equal(5, config.GetByteSize("b", 5));
        Assert.Equal(["e"], config.GetStringList("b", ["e"]));
        Assert.Empty(config.GetStringList("b"));
        Assert.False(config.HasPath("b"));
        Assert.Null(config.GetString("b"));
    }

    [Fact]
    public void WithFallback_merges_objects_key_by_key_and_prefers_the_first()
    {
        Config config = Parse("a { x = 1, l = [1] }")
            .WithFallback(Parse("a { x = 9, y = 2, l = [8, 9] }"))
            .WithFallback(Parse("a.y = 8, a.z = 3"));
        Assert.Equal((1, 2, 3), (config.GetInt("a.x"), config.GetInt("a.y"), config.GetInt("a.z")));
        Assert.Equal(["1"], config.GetStringList("a.l"));
    }

    [Fact]
    public void GetConfig_takes_a_branch_with_its_fallbacks()
    {
        Config branch = Parse("a.b { x = 1 }").WithFallback(Parse("a.b { y = 2 }")).GetConfig("a.b")!;
        Assert.Equal((1, 2), (branch.GetInt("x"), branch.GetInt("y")));
    }

    [Fact]
    public void GetConfig_of_a_path_without_a_value_is_null() => Assert.Null(Parse("a = 1").GetConfig("b"));

    [Fact]
    public void A_quoted_key_may_hold_dots_and_slashes()
    {
        Config config = Parse("deployment { \"/a.b/c\" { x = 1 } }");
        Assert.Equal(1, config.GetInt("deployment.\"/a.b/c\".x"));
        Assert.Equal(["/a.b/c"], config.GetConfig("deployment")!.AsEnumerable().Select(p => p.Key));
    }

    [Fact]
    public void The_settings_of_one_level_can_be_listed()
    {
        Config disks = Parse("disks { one { lun = 0 }\n two { lun = 1 } }").GetConfig("disks")!;
        Assert.Equal(["one", "two"], disks.AsEnumerable().Select(p => p.Key).Order());
        Assert.Equal(1, disks.GetInt("two.lun"));
    }

    [Fact]
    public void The_empty_configuration_says_that_it_is_empty()
    {
        Assert.True(ConfigurationFactory.Empty.IsEmpty);
        Assert.False(Parse("a = 1").IsEmpty);
    }

    [Fact]
    public void What_a_configuration_prints_can_be_read_again()
    {
        Config config = Parse(Parse("a { x = \"one two\", bc = [1, 2] }").ToString());
        Assert.Equal("one two", config.GetString("a.x"));
        Assert.Equal(["1", "2"], config.GetStringList("a.bc"));
    }

    /// <summary>HOCON that only one of the engines reads would make a configuration that works here and not there.</summary>
    [Theory]
    [InlineData("a { b = 1 }, c = 2")]
    [InlineData("a { b { c = 1 }, d = 2 }")]
    [InlineData("a = ${HOME}")]
    [InlineData("a = \"\\q\"")]
    [InlineData("a = x=y")]
    public void What_Akka_does_not_read_is_refused(string hocon) => Assert.ThrowsAny<Exception>(() => Parse(hocon));

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    [InlineData("On")]
    public void A_switch_is_nothing_else(string text) => Assert.ThrowsAny<Exception>(() => Parse($"b = {text}").GetBoolean("b"));

    [Theory]
    [InlineData("50us")]
    [InlineData("50 us")]
    [InlineData("5 sec")]
    [InlineData("-1s")]
    public void A_duration_has_no_other_unit_and_no_sign(string text) => Assert.ThrowsAny<Exception>(() => Parse($"t = {text}").GetTimeSpan("t"));

    [Theory]
    [InlineData("1.5KiB")]
    [InlineData("large")]
    public void A_size_is_a_whole_number(string text) => Assert.ThrowsAny<Exception>(() => Parse($"s = {text}").GetByteSize("s"));

    [Theory]
    [InlineData("0x10")]
    [InlineData("1.5")]
    [InlineData("many")]
    public void A_whole_number_has_decimal_digits_only(string text) => Assert.ThrowsAny<Exception>(() => Parse($"n = {text}").GetInt("n"));

#if EMBEDDED_ENGINE
    // Akka.NET 1.5 is silent about many mistakes; what follows holds for Engine/ alone.

    [Fact]
    public void A_substitution_can_stand_for_an_object_which_later_keys_extend()
    {
        Config config = Parse("disk { size = 4 }\ncopy = ${disk}, copy.name = b, other = ${disk} { size = 5 }");
        Assert.Equal((4, "b"), (config.GetInt("copy.size"), config.GetString("copy.name")));
        Assert.Equal(5, config.GetInt("other.size"));
        Assert.False(config.HasPath("disk.name"));
    }

    [Theory]
    [InlineData("a = 1\nb = [1, 2", "line 2, column 10")]
    [InlineData("a {\n b = 1\n", "line 3, column 1")]
    [InlineData("a = \"open\n", "line 1, column 5")]
    [InlineData("a = 1\n}", "line 2, column 1")]
    [InlineData("a = x=y", "line 1, column 6")]
    [InlineData("a = 1\nb = ${a.c}", "line 2, column 5")]
    [InlineData("a = [1] {x = 1}", "line 1, column 5")]
    [InlineData("include \"x\"", "line 1, column 1")]
    [InlineData("a = \"\\q\"", "line 1, column 7")]
    [InlineData("a\nb = 1", "line 1, column 2")]
    [InlineData("a =\n", "line 2, column 1")]
    [InlineData("a { b = 1 }, c = 2", "line 1, column 12")]
    [InlineData("l = [1]\nl += 2", "line 2, column 3")]
    [InlineData("a = ${?b}", "line 1, column 7")]
    [InlineData("include required(file(\"more\"))", "line 1, column 9")]
    public void A_mistake_is_reported_with_line_and_column(string hocon, string where)
    {
        var e = Assert.Throws<ConfigurationException>(() => Parse(hocon));
        Assert.Contains(where, e.Message);
    }

    [Fact]
    public void A_setting_that_its_reader_cannot_take_is_reported_with_its_path_and_text()
    {
        Config config = Parse("disk { size = large, wait = -1s, cache = maybe, lun = 1.5 }");
        Assert.Contains("disk.size = \"large\"", Assert.Throws<ConfigurationException>(() => config.GetByteSize("disk.size")).Message);
        Assert.Contains("disk.wait = \"-1s\"", Assert.Throws<ConfigurationException>(() => config.GetTimeSpan("disk.wait")).Message);
        Assert.Contains("on or off", Assert.Throws<ConfigurationException>(() => config.GetBoolean("disk.cache")).Message);
        Assert.Contains("whole number", Assert.Throws<ConfigurationException>(() => config.GetInt("disk.lun")).Message);
    }

    [Fact]
    public void A_list_extends_itself_by_naming_itself() => Assert.Equal(["1", "2"], Parse("l = [1]\nl = ${l} [2]").GetStringList("l"));

    [Fact]
    public void A_circle_of_substitutions_is_an_error() => Assert.Throws<ConfigurationException>(() => Parse("a = ${b}\nb = ${a}"));
#endif
}
