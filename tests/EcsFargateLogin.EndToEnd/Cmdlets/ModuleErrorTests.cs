using System.Reflection;
using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The module itself: that it is complete, and that every error of it has a category.</summary>
public sealed class ModuleErrorTests
{
    [Theory]
    [InlineData("EcsFargateLogin.Aws.dll")]
    [InlineData("AWSSDK.Core.dll")]
    [InlineData("AWSSDK.EC2.dll")]
    [InlineData("")]
    public async Task A_module_that_lacks_a_file_says_which(string missing)
    {
        using TemporaryFolder folder = new();
        var manifest = CopyModule(folder.Path);
        var library = Path.Combine(folder.Path, "module", "bin", "lib");
        if (missing.Length > 0)
        {
            File.Delete(Path.Combine(library, missing));
        }
        else
        {
            Directory.Delete(library, recursive: true);
            missing = "EcsFargateLogin.Aws.dll";
        }

        var start = EngineProcess.Command($$"""
            Import-Module '{{manifest}}' -ErrorAction Stop
            try { New-FargateSession rails-cli -Subnet subnet-1 -Region us-east-1 }
            catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)"; $_.TargetObject; $_.ErrorDetails.RecommendedAction }
            """);
        start.Environment["XDG_STATE_HOME"] = folder.Path;
        var result = await EngineProcess.RunAsync(start);

        Assert.Equal("", result.Error);
        Assert.Equal(
            [
                "ModuleIncomplete,EcsFargateLogin.Cmdlets.NewFargateSessionCommand NotInstalled",
                Path.Combine(library, missing),
            ],
            result.Output.Split('\n')[..2]);
        Assert.Contains("Install the module again", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "EcsFargateLogin")));
    }

    [Fact]
    public async Task Every_error_has_a_category_and_its_name_as_its_id()
    {
        await using var me = await Operator.StartAsync();
        var cmdlet = (Type)Assert.Single(me.Run("(Get-Command New-FargateSession).ImplementingType").Output).BaseObject;
        var errors = Enum.GetValues((Type)Assert.Single(me.Run("[EcsFargateLogin.FargateError]").Output).BaseObject);

        var records = errors.Cast<object>().Select(error => RecordOf(cmdlet.Assembly, error)).ToList();

        Assert.NotEmpty(records);
        Assert.Equal(errors.Cast<object>().Select(error => error.ToString()), records.Select(record => record.FullyQualifiedErrorId));
        Assert.Equal(
            ["Unexpected"],
            records.Where(record => record.CategoryInfo.Category == ErrorCategory.NotSpecified)
                .Select(record => record.FullyQualifiedErrorId));
    }

    private static ErrorRecord RecordOf(Assembly module, object error)
    {
        var exception = Activator.CreateInstance(
            error.GetType().Assembly.GetType("EcsFargateLogin.FargateException", throwOnError: true)!,
            BindingFlags.Instance | BindingFlags.NonPublic,
            binder: null,
            [error, "It failed.", "Try again.", null],
            culture: null);
        var toErrorRecord = module.GetType("EcsFargateLogin.Pipeline.ErrorRecords", throwOnError: true)!
            .GetMethod("ToErrorRecord", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        return (ErrorRecord)toErrorRecord.Invoke(null, [exception, null])!;
    }

    /// <summary>Copies what the module consists of; returns the copy's manifest.</summary>
    private static string CopyModule(string folder)
    {
        var source = Path.GetDirectoryName(Checkout.Manifest)!;
        string[] files =
        [
            Checkout.Manifest,
            Path.Combine(source, "module", "EcsFargateLogin.Format.ps1xml"),
            .. Directory.GetFiles(Path.Combine(source, "module", "bin"), "*.dll", SearchOption.AllDirectories),
        ];
        foreach (var file in files)
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return Path.Combine(folder, Path.GetFileName(Checkout.Manifest));
    }
}
