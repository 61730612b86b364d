using System.Security.Cryptography;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>
/// What runs a command in a container that ECS Exec has given a terminal, and tells its exit code, which ECS Exec does not. It is
/// sent as the first line of input to <see cref="Bootstrap"/>, so that nothing of it is in an argument list, in CloudTrail or in the
/// environment. All that it says itself begins with a marker: one control character and a random nonce.
/// </summary>
/// <remarks>
/// The command does not know the nonce, so no output of it, and nothing that it prints of others, counts as a marker. The nonce
/// is in the memory of the shells that run this script, where other users cannot read it. A command of the same user may, with
/// /proc/PID/mem or a debugger, and ECS Exec's user is root: but whoever runs as that user can end with any exit code as well.
/// The script needs /bin/sh alone. Without stty, which stops the echo, input is collected before the command begins, and the
/// line ends of the terminal are converted back. Without cat the output is passed on line by line.
/// </remarks>
internal sealed class ExecScript
{
    /// <summary>
    /// The command line for ECS Exec, which splits it as a shell does and runs no shell. It writes a line first, by which the
    /// agent tells that it is ready.
    /// </summary>
    public const string Bootstrap =
        """
        /bin/sh -c '_efl=$(stty -g 2>/dev/null)&&stty raw -echo 2>/dev/null||_efl=;echo;eval "$(IFS= read -r l;printf %b "$l")"'
        """;

    /// <summary>The longest line that a terminal takes where it is not in raw mode, with its end, in bytes.</summary>
    public const int LongestLine = 4095;

    /// <summary>What a marker begins with. A program rarely writes it, so that hardly any output has to wait for what follows.</summary>
    private const byte MarkerCharacter = 1;

    private const int NonceLength = 32;

    /// <summary>
    /// What comes before and after a command with the terminal; '@ stands for a marker. The signals of keys are left to the command:
    /// a trap, unlike an ignored signal, is not inherited.
    /// </summary>
    private static readonly (string Before, string After) ForTerminal = (
        """
        trap : INT QUIT
        [ "$_efl" ]&&stty "$_efl"
        printf '@b'
        (unset _efl

        """,
        """
        )
        printf '@x%s;' "$?"
        """);

    /// <summary>
    /// The same for a command with pipes. d decodes the lines of input; e puts a marker before the lines of standard error, in pieces that are
    /// short enough for the terminal to take each as a whole; c copies standard output.
    /// </summary>
    private static readonly (string Before, string After) ForPipes = (
        $$"""
        d()(trap '' PIPE;IFS=;while read -r l&&[ "$l" != . ];do printf %b "$l";done)2>/dev/null
        c(){ if command -v cat>/dev/null;then cat;else while IFS= read -r l||[ "$l" ];do printf '%s\n' "$l";done;fi;}
        e(){ while IFS= read -r l||[ "$l" ];do while r=${l#{{new string('?', ErrorPiece)}}};[ "$r" != "$l" ];do printf '@p%s\n' "${l%"$r"}";l=$r;done;printf '@e%s\n' "$l";done;}
        r(){ printf '@b';x=$({ { { (unset _efl

        """,
        $$"""
        ) 3>&- 4>&- 5>&-;echo $?>&3;} 2>&1 >&5 5>&-|e >&4 3>&- 5>&-;} 5>&1|c >&4;} 3>&1);printf '@x%s;' "$x" >&4;}
        {{ReadsLines}}printf '@r';d|r 4>&1
        else printf '@n';i=;while IFS= read -r l&&[ "$l" != . ];do i=$i$l;done;printf %b "$i"|r 4>&1;fi
        """);

    /// <summary>What is done where the terminal is in raw mode begins with it.</summary>
    private const string ReadsLines = "if [ \"$_efl\" ];then ";

    /// <summary>
    /// Decodes much input faster than a shell does, which reads a terminal byte by byte: where the image has what that takes.
    /// </summary>
    private const string ManyBytes =
        """
        if [ "$_efl" ]&&command -v sed>/dev/null&&command -v base64>/dev/null;then printf '@m';(sed -n '/^[.]$/q;p'|base64 -d)2>/dev/null|r 4>&1
        el
        """;

    /// <summary>The number of characters, of up to four bytes each, in a piece of a line of standard error.</summary>
    private const int ErrorPiece = 200;

    private readonly string _nonce = RandomNumberGenerator.GetHexString(NonceLength, lowercase: true);

    private ExecScript((string Before, string After) frame, string command, bool hasTerminal)
    {
        HasTerminal = hasTerminal;
        // The terminal may echo the script: the nonce is interrupted by quotes there, so that it is no marker.
        var marker = $@"'\001{_nonce[..8]}''{_nonce[8..]}";
        var text = $"{frame.Before.Replace("'@", marker, StringComparison.Ordinal)}{command}\n"
            + frame.After.Replace("'@", marker, StringComparison.Ordinal);
        FirstLine = Encoding.ASCII.GetBytes($"{PosixShell.Escape(Encoding.UTF8.GetBytes(text))}\n");
    }

    /// <summary>The first line of the input.</summary>
    public ReadOnlyMemory<byte> FirstLine { get; }

    /// <summary>Whether the command has the terminal, or pipes.</summary>
    public bool HasTerminal { get; }

    /// <summary>The size that the terminal has at first; null for the usual one.</summary>
    public TerminalSize? Size { get; private init; }

    /// <summary>The beginning of each marker.</summary>
    public byte[] Marker => [MarkerCharacter, .. Encoding.ASCII.GetBytes(_nonce)];

    /// <summary>Creates a script that runs a command with the terminal, as it was before.</summary>
    /// <param name="command">The command in the syntax of sh. It may exec.</param>
    /// <param name="size">The size of the terminal; null for the usual one.</param>
    public static ExecScript WithTerminal(string command, TerminalSize? size) =>
        new(ForTerminal, command, hasTerminal: true) { Size = size };

    /// <summary>Creates a script that runs a command with pipes.</summary>
    /// <param name="command">The command in the syntax of sh. It may exec.</param>
    /// <param name="takesMuchInput">
    /// Whether input is passed on in blocks, which is fast, where the image has sed and base64. Otherwise it is passed on as it comes.
    /// </param>
    public static ExecScript WithPipes(string command, bool takesMuchInput = false) => new(
        takesMuchInput ? (ForPipes.Before, ForPipes.After.Replace(ReadsLines, ManyBytes + ReadsLines, StringComparison.Ordinal)) : ForPipes,
        command,
        hasTerminal: false);
}
