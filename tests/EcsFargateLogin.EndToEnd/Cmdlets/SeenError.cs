using System.Management.Automation;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>An error as a user's script sees it.</summary>
internal sealed record SeenError
{
    /// <summary>The ErrorId and, after a comma, the cmdlet.</summary>
    public required string Id { get; init; }

    public required ErrorCategory Category { get; init; }

    /// <summary>The target as text: sessions are their short ids.</summary>
    public required string Target { get; init; }

    /// <summary>The exception's message, which says what to do next.</summary>
    public required string Message { get; init; }

    /// <summary>The error as PowerShell shows it, with the next step below it where PowerShell shows that.</summary>
    public required string Shown { get; init; }

    public required string NextStep { get; init; }

    public required string ExceptionType { get; init; }

    /// <summary>Whether it ended the command.</summary>
    public required bool IsTerminating { get; init; }

    public static SeenError Of(ErrorRecord record, bool isTerminating) => new()
    {
        Id = record.FullyQualifiedErrorId,
        Category = record.CategoryInfo.Category,
        Target = record.TargetObject?.ToString() ?? "",
        Message = record.Exception.Message,
        Shown = record.ToString(),
        NextStep = record.ErrorDetails?.RecommendedAction ?? "",
        ExceptionType = record.Exception.GetType().FullName!,
        IsTerminating = isTerminating,
    };

    /// <summary>Asserts all that every error of the module has; its words are the test's own matter.</summary>
    /// <param name="id">Its ErrorId.</param>
    /// <param name="category">Its category.</param>
    /// <param name="target">The user's own value that it is about.</param>
    /// <param name="isTerminating">Whether no further record of the command could succeed.</param>
    /// <returns>Its message.</returns>
    public string Is(string id, ErrorCategory category, string target, bool isTerminating = false)
    {
        Assert.Equal((id, category, target), (Id.Split(',')[0], Category, Target));
        Assert.Equal(isTerminating, IsTerminating);
        Assert.Equal("EcsFargateLogin.FargateException", ExceptionType);
        Assert.NotEmpty(NextStep);
        Assert.EndsWith($" {NextStep}", Message, StringComparison.Ordinal);
        // The PowerShell of these tests prints recommendations: nobody reads them twice.
        Assert.Equal(Message[..^(NextStep.Length + 1)], Shown);
        Assert.DoesNotContain('\n', Message);
        return Message;
    }
}
