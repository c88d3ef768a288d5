using Akka.Configuration;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class SettingsTests
{
    [Fact]
    public void The_shipped_configuration_says_what_the_defaults_are()
    {
        using var stream = typeof(LogicalUnitSettings).Assembly.GetManifestResourceStream("ScsiActors.config.hocon")!;
        using var reader = new StreamReader(stream);
        var section = ConfigurationFactory.ParseString(reader.ReadToEnd()).GetConfig("scsi-actors.logical-unit");
        var fromFile = LogicalUnitSettings.From(section!);
        var defaults = new LogicalUnitSettings();
        Assert.Equal(defaults with { Luns = fromFile.Luns }, fromFile);
        Assert.Equal(defaults.Luns, fromFile.Luns);
    }

    [Fact]
    public void What_a_section_does_not_name_keeps_its_default()
    {
        var settings = LogicalUnitSettings.From(
            ConfigurationFactory.ParseString("block-size = 4 KiB, grow-transfer-buffer = off, serial = X1"));
        Assert.Equal(4096, settings.BlockSize);
        Assert.False(settings.GrowTransferBuffer);
        Assert.Equal("X1", settings.SerialNumber);
        Assert.Equal(256, settings.MaximumTasks);
    }

    [Theory]
    [InlineData("block-size = 520", "block-size")]
    [InlineData("physical-block-size = 256", "physical-block-size")]
    [InlineData("max-transfer = 1 GiB", "max-transfer")]
    [InlineData("transfer-buffer = 100", "transfer-buffer")]
    [InlineData("max-compare-and-write = 256", "max-compare-and-write")]
    [InlineData("max-atomic-write = 100", "max-atomic-write")]
    [InlineData("max-write-same = 1", "max-write-same")]
    [InlineData("max-unmap-descriptors = 4096", "max-unmap-descriptors")]
    [InlineData("max-tasks = 0", "max-tasks")]
    [InlineData("vendor = \"Nine char\"", "vendor")]
    [InlineData("serial = \"\\u00e9\"", "serial")]
    public void A_value_out_of_its_bounds_is_named(string section, string name)
    {
        var exception = Assert.Throws<ArgumentException>(() => LogicalUnitSettings.From(ConfigurationFactory.ParseString(section)));
        Assert.StartsWith($"logical-unit: {name}", exception.Message);
    }
}
