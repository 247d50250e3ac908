// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "../src/interfaces/ICourt.sol";
import {IJobTemplates} from "../src/interfaces/IJobTemplates.sol";
import {JobTemplates} from "../src/JobTemplates.sol";
import {TermsHash} from "../src/libraries/TermsHash.sol";
import {Test} from "./support/Test.sol";

contract JobTemplatesTest is Test {
    address private constant CREATOR = address(0xC0);
    address private constant OTHER = address(0xC1);

    JobTemplates private templates;

    function setUp() public {
        templates = new JobTemplates();
    }

    function test_Create_CountsFromOneAndKeepsTheHashOfTheRules() public {
        vm.expectEmit(address(templates));
        emit IJobTemplates.TemplateCreated(1, CREATOR, 250, "Translation", "ipfs://t", rules(70));
        assertEq(create(250), 1, "first id");
        assertEq(create(0), 2, "second id");
        assertEq(templates.templateCount(), 2, "count");
        IJobTemplates.Template memory template = templates.getTemplate(1);
        assertEq(template.creator, CREATOR, "creator");
        assertEq(template.feeBps, 250, "fee");
        assertTrue(template.active, "active");
        assertEq(template.rulesHash, TermsHash.ofRules(rules(70)), "rules");
    }

    function test_Create_RefusesWhatIsTooMuch() public {
        expectTextTooLong(101);
        create(longText(101), "", 0);
        expectTextTooLong(1_025);
        create("", longText(1_025), 0);
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.TemplateFeeTooHigh.selector, 1_001));
        create(1_001);
        create(longText(100), longText(1_024), 1_000);
    }

    function test_Update_ReplacesRulesAndFee() public {
        create(250);
        vm.prank(CREATOR);
        templates.update(1, "Translation 2", "ipfs://t2", rules(80), 200);
        assertEq(templates.getTemplate(1).feeBps, 200, "fee");
        assertEq(templates.getTemplate(1).rulesHash, TermsHash.ofRules(rules(80)), "rules");
    }

    function test_Update_IsBoundedToo() public {
        create(250);
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.TemplateFeeTooHigh.selector, 1_001));
        vm.prank(CREATOR);
        templates.update(1, "", "", rules(80), 1_001);
    }

    function test_Update_RaisesNoFeeUnderOffersThatAreSigned() public {
        create(250);
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.TemplateFeeTooHigh.selector, 251));
        vm.prank(CREATOR);
        templates.update(1, "", "", rules(70), 251);
        vm.prank(CREATOR);
        templates.update(1, "", "", rules(70), 250);
    }

    function test_SetActive_StopsAndResumes() public {
        create(250);
        vm.prank(CREATOR);
        templates.setActive(1, false);
        assertTrue(!templates.getTemplate(1).active, "stopped");
        vm.prank(CREATOR);
        templates.setActive(1, true);
        assertTrue(templates.getTemplate(1).active, "resumed");
    }

    function test_Transfer_HandsOverEverything() public {
        create(250);
        vm.expectRevert(IJobTemplates.ZeroCreator.selector);
        vm.prank(CREATOR);
        templates.transfer(1, address(0));
        vm.prank(CREATOR);
        templates.transfer(1, OTHER);
        assertEq(templates.getTemplate(1).creator, OTHER, "creator");
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.NotCreator.selector, 1, CREATOR));
        vm.prank(CREATOR);
        templates.setActive(1, false);
    }

    function test_OnlyItsCreatorChangesATemplate() public {
        create(250);
        bytes[3] memory calls = [
            abi.encodeCall(templates.update, (1, "", "", rules(0), 0)),
            abi.encodeCall(templates.setActive, (1, false)),
            abi.encodeCall(templates.transfer, (1, OTHER))
        ];
        bytes memory expected = abi.encodeWithSelector(IJobTemplates.NotCreator.selector, 1, OTHER);
        for (uint256 i; i < calls.length; i++) {
            vm.prank(OTHER);
            (bool ok, bytes memory reason) = address(templates).call(calls[i]);
            assertTrue(!ok, "refused");
            assertEq(reason, expected, "reason");
        }
    }

    function test_GetTemplate_RefusesAnUnknownOne() public {
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.TemplateNotFound.selector, 1));
        templates.getTemplate(1);
    }

    function create(uint16 feeBps) private returns (uint32) {
        return create("Translation", "ipfs://t", feeBps);
    }

    function create(string memory name, string memory uri, uint16 feeBps) private returns (uint32) {
        vm.prank(CREATOR);
        return templates.create(name, uri, rules(70), feeBps);
    }

    function rules(uint8 threshold) private pure returns (ICourt.Rules memory value) {
        value.threshold = threshold;
        value.validators = new address[](1);
        value.validators[0] = OTHER;
    }

    function longText(uint256 length) private pure returns (string memory) {
        return string(new bytes(length));
    }

    function expectTextTooLong(uint256 length) private {
        vm.expectRevert(abi.encodeWithSelector(IJobTemplates.TextTooLong.selector, length));
    }
}
