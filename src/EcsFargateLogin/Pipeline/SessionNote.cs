using System.Linq.Expressions;
using System.Management.Automation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// A read-only note property with the session that printed an object. It is attached to everything that a command prints, and
/// does not change how text and bytes are shown.
/// </summary>
internal sealed class SessionNote : PSNoteProperty
{
    private static readonly Action<PSObject, PSNoteProperty> Add = FastAdd() ?? AddByTable;

    /// <param name="session">The session.</param>
    public SessionNote(FargateSession session)
        : base(nameof(FargateCommandResult.FargateSession), session)
    {
    }

    /// <inheritdoc/>
    public override bool IsSettable => false;

    /// <inheritdoc/>
    public override object Value
    {
        get => base.Value;
        set => throw new SetValueException($"'{Name}' is read-only.");
    }

    /// <summary>Wraps an object that was printed, and attaches the session.</summary>
    public PSObject AttachTo(object printed)
    {
        PSObject result = new(printed);
        Add(result, this);
        return result;
    }

    /// <inheritdoc/>
    public override PSMemberInfo Copy() => new SessionNote((FargateSession)Value);

    private static void AddByTable(PSObject target, PSNoteProperty note) => target.Properties.Add(note, preValidated: true);

    /// <summary>
    /// PowerShell keeps the notes of texts in a table of weak references, so that they survive when .NET code unwraps the text.
    /// For a million lines that costs more than everything else together, and nothing unwraps a printed line: its note is added
    /// to the members that PowerShell searches first. Those are not public.
    /// </summary>
    /// <returns>Null where this PowerShell has no such members.</returns>
    private static Action<PSObject, PSNoteProperty>? FastAdd()
    {
        if (PowerShellInternals.InstanceMembers is not { } members
            || PowerShellInternals.CreateMembers is not { } create
            || PowerShellInternals.AddMember is not { } add)
        {
            return null;
        }

        // Adds a note by the table once, because member access only searches for names that were added there.
        AddByTable(new PSObject(""), new PSNoteProperty(nameof(FargateCommandResult.FargateSession), null));
        var target = Expression.Parameter(typeof(PSObject));
        var note = Expression.Parameter(typeof(PSNoteProperty));
        var list = Expression.Variable(members.PropertyType);
        return Expression.Lambda<Action<PSObject, PSNoteProperty>>(
            Expression.Block(
                [list],
                Expression.Assign(list, Expression.New(create)),
                Expression.Call(list, add, note),
                Expression.Assign(Expression.Property(target, members), list)),
            target,
            note).Compile();
    }
}
